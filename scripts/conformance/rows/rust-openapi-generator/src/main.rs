//! This program uses the client that the rust generator of openapi-generator makes.

use std::env;
use std::error::Error as StdError;
use std::fs::{self, File};
use std::io::{self, Write};

use reqwest::{Certificate, Client, Response};
use serde_json::{Value, json};
use vbo365::apis::authorization_api::create_token;
use vbo365::apis::configuration::Configuration;
use vbo365::apis::one_drive_folders_api::{RunOneDriveFolderActionError, run_one_drive_folder_action};
use vbo365::apis::{Error, ResponseContent};
use vbo365::models::{
    CopyToAction, CopyToOptions, DocumentAction, DocumentLastVersionAction, DocumentVersion, GrantType, OneDrive,
    OneDriveFolderAction, RestoreStatistics, RestoreToOriginalLocationAction, RestoreToOriginalLocationOptions,
    SaveAction, SendToAction, SendToOptions,
};

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
        "restoreToOriginalLocation" => act(configuration, args, restore_action()).await,
        "sendTo" => act(configuration, args, send_action()).await,
        "copyTo" => act(configuration, args, copy_action(args[3])).await,
        "save" => save(configuration, args, args[3]).await,
        _ => Err("unknown command".into()),
    }
}

async fn login(configuration: &mut Configuration) -> Result<Value> {
    let username = env::var("VBO365_USERNAME")?;
    let password = env::var("VBO365_PASSWORD")?;
    let token = create_token(
        configuration,
        GrantType::Password,
        Some(&username),
        Some(&password),
        None,
        None,
        None,
        None,
        None,
    )
    .await?;
    configuration.bearer_access_token = Some(token.access_token);
    Ok(json!({"status": 200}))
}

/// Runs an action whose answer is small.
async fn act(configuration: &Configuration, ids: &[&str], action: OneDriveFolderAction) -> Result<Value> {
    let response = run_one_drive_folder_action(configuration, ids[0], ids[1], ids[2], action).await?;
    let mut answer = json!({"status": response.status().as_u16()});
    if content_type(&response).starts_with("application/json") {
        let statistics: RestoreStatistics = serde_json::from_str(&response.text().await?)?;
        answer["restoredItemsCount"] = json!(statistics.restored_items_count);
    }
    Ok(answer)
}

fn content_type(response: &Response) -> &str {
    response.headers().get("Content-Type").and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn save(configuration: &Configuration, ids: &[&str], name: &str) -> Result<Value> {
    let action = OneDriveFolderAction::SaveAction(Box::new(SaveAction::new(None)));
    match run_one_drive_folder_action(configuration, ids[0], ids[1], ids[2], action).await {
        Ok(mut response) => {
            let mut file = File::create(name)?;
            while let Some(chunk) = response.chunk().await? {
                file.write_all(&chunk)?;
            }
            Ok(json!({"status": response.status().as_u16()}))
        }
        Err(Error::ResponseError(ResponseContent { status, entity, .. })) => {
            let message = match entity {
                // The branches look alike, so that the first one that fits is taken.
                Some(RunOneDriveFolderActionError::Status400(error)) => error.message,
                _ => String::new(),
            };
            Ok(json!({"status": status.as_u16(), "message": message}))
        }
        Err(error) => Err(error.into()),
    }
}

fn restore_action() -> OneDriveFolderAction {
    OneDriveFolderAction::RestoreToOriginalLocationAction(Box::new(RestoreToOriginalLocationAction::new(
        RestoreToOriginalLocationOptions {
            user_name: Some("alice@example.com".to_owned()),
            user_password: Some("correct horse battery staple".to_owned()),
            document_version: Some(DocumentVersion::Last),
            document_action: Some(DocumentAction::Overwrite),
            ..Default::default()
        },
    )))
}

fn send_action() -> OneDriveFolderAction {
    OneDriveFolderAction::SendToAction(Box::new(SendToAction::new(SendToOptions {
        from: Some("backup@example.com".to_owned()),
        to: Some("alice@example.com".to_owned()),
        subject: Some("Zoë's \"invoices\"".to_owned()),
        text: Some("As you asked.".to_owned()),
        ..Default::default()
    })))
}

fn copy_action(target: &str) -> OneDriveFolderAction {
    OneDriveFolderAction::CopyToAction(Box::new(CopyToAction::new(CopyToOptions {
        user_name: Some("bob@example.com".to_owned()),
        user_password: Some("correct horse battery staple".to_owned()),
        one_drive: Some(Box::new(OneDrive { id: Some(target.to_owned()), ..Default::default() })),
        folder: Some("From Zoë & Co".to_owned()),
        changed_items: Some(true),
        document_version: Some(DocumentVersion::All),
        document_last_version_action: Some(DocumentLastVersionAction::Merge),
        ..Default::default()
    })))
}
