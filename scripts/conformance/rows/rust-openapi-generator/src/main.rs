//! This program uses the client that the rust generator of openapi-generator makes.

use std::env;
use std::error::Error as StdError;
use std::fs::{self, File};
use std::io::{self, Write};

use reqwest::{Certificate, Client, Response};
use serde_json::{Value, json};
use vbo365::apis::configuration::Configuration;
use vbo365::apis::{Error, ResponseContent};
use vbo365::models::{
    CopyToOptions, DocumentAction, DocumentLastVersionAction, DocumentVersion, OneDrive,
    RestoreToOriginalLocationOptions, SendToOptions,
};

mod actions;

type Result<T> = std::result::Result<T, Box<dyn StdError>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let authority = Certificate::from_pem(&fs::read(env::var("VBO365_CA_FILE")?)?)?;
    let mut configuration = Configuration {
        base_path: env::var("VBO365_URL")?,
        client: Client::builder().tls_certs_only([authority]).build()?,
        ..Default::default()
    };
    for line in io::stdin().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        println!("{}", run(&mut configuration, words[0], &words[1..]).await?);
    }
    Ok(())
}

async fn run(configuration: &mut Configuration, command: &str, args: &[&str]) -> Result<Value> {
    match command {
        "login" => login(configuration).await,
        "token" => {
            configuration.bearer_access_token = Some(args[0].to_owned());
            Ok(json!({"status": 200}))
        }
        "restoreToOriginalLocation" => actions::restore(configuration, args, restore_options()).await,
        "sendTo" => actions::send(configuration, args, send_options()).await,
        "copyTo" => actions::copy(configuration, args, copy_options(args[3])).await,
        "save" => save(configuration, args, args[3]).await,
        "saveOneDrive" => write(actions::save_drive(configuration, args).await?, args[2]).await,
        "saveDocument" => write(actions::save_document(configuration, args).await?, args[3]).await,
        _ => Err("unknown command".into()),
    }
}

async fn login(configuration: &mut Configuration) -> Result<Value> {
    let username = env::var("VBO365_USERNAME")?;
    let password = env::var("VBO365_PASSWORD")?;
    let token = actions::login(configuration, &username, &password).await?;
    configuration.bearer_access_token = Some(token.access_token);
    Ok(json!({"status": 200}))
}

async fn write(mut response: Response, name: &str) -> Result<Value> {
    let mut file = File::create(name)?;
    while let Some(chunk) = response.chunk().await? {
        file.write_all(&chunk)?;
    }
    Ok(json!({"status": response.status().as_u16()}))
}

async fn save(configuration: &Configuration, ids: &[&str], name: &str) -> Result<Value> {
    match actions::save(configuration, ids).await {
        Ok(response) => write(response, name).await,
        Err(Error::ResponseError(ResponseContent { status, entity, .. })) => {
            let message = match entity {
                // The branches look alike, so that the first one that fits is taken.
                Some(actions::SaveError::Status400(error)) => error.message,
                _ => String::new(),
            };
            Ok(json!({"status": status.as_u16(), "message": message}))
        }
        Err(error) => Err(error.into()),
    }
}

// What can be null in v8 is an Option in an Option: `into` makes either.
fn restore_options() -> RestoreToOriginalLocationOptions {
    RestoreToOriginalLocationOptions {
        user_name: Some("alice@example.com".to_owned()),
        user_password: Some("correct horse battery staple".to_owned()),
        document_action: Some(DocumentAction::Overwrite.into()),
        ..Default::default()
    }
}

fn send_options() -> SendToOptions {
    SendToOptions {
        from: Some("backup@example.com".to_owned()),
        to: Some("alice@example.com".to_owned()),
        subject: Some("Zoë's \"invoices\"".to_owned()),
        text: Some("As you asked.".to_owned()),
        ..Default::default()
    }
}

fn copy_options(target: &str) -> CopyToOptions {
    CopyToOptions {
        user_name: Some("bob@example.com".to_owned()),
        user_password: Some("correct horse battery staple".to_owned()),
        one_drive: Some(Box::new(OneDrive { id: Some(target.to_owned()), ..Default::default() })),
        folder: Some("From Zoë & Co".to_owned()),
        changed_items: Some(true.into()),
        document_version: Some(DocumentVersion::All.into()),
        document_last_version_action: Some(DocumentLastVersionAction::Merge.into()),
        ..Default::default()
    }
}
