//! The actions of v8: a restore or copy is followed to its end.

use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};
use vbo365::apis::Error;
use vbo365::apis::authorization_api::{CreateTokenError, create_token};
use vbo365::apis::configuration::Configuration;
use vbo365::apis::one_drive_documents_api::save_one_drive_document;
use vbo365::apis::one_drive_folders_api::{
    SaveOneDriveFolderError, copy_one_drive_folder, restore_one_drive_folder, save_one_drive_folder,
    send_one_drive_folder,
};
use vbo365::apis::one_drives_api::save_one_drive;
use vbo365::apis::restore_sessions_api::{get_restore_session, get_restore_session_statistics};
use vbo365::models::{
    CopyToOptions, GrantType, RestoreAnswer, RestoreSessionState, RestoreToOriginalLocationOptions,
    SaveDocumentOptions, SendToOptions, Token,
};

use crate::Result;

pub use vbo365::apis::one_drive_folders_api::SaveOneDriveFolderError as SaveError;

pub async fn login(
    configuration: &Configuration,
    username: &str,
    password: &str,
) -> std::result::Result<Token, Error<CreateTokenError>> {
    create_token(configuration, GrantType::Password, Some(username), Some(password), None, None, None, Some(true)).await
}

async fn follow(configuration: &Configuration, started: RestoreAnswer) -> Result<Value> {
    let id = &started.session_id;
    while get_restore_session(configuration, id).await?.state != RestoreSessionState::Stopped {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let statistics = get_restore_session_statistics(configuration, id).await?;
    Ok(json!({"status": 200, "restoredItemsCount": statistics.restored_items_count}))
}

pub async fn restore(
    configuration: &Configuration,
    ids: &[&str],
    options: RestoreToOriginalLocationOptions,
) -> Result<Value> {
    follow(configuration, restore_one_drive_folder(configuration, ids[0], ids[1], ids[2], options).await?).await
}

pub async fn send(configuration: &Configuration, ids: &[&str], options: SendToOptions) -> Result<Value> {
    send_one_drive_folder(configuration, ids[0], ids[1], ids[2], options).await?;
    Ok(json!({"status": 204}))
}

pub async fn copy(configuration: &Configuration, ids: &[&str], options: CopyToOptions) -> Result<Value> {
    follow(configuration, copy_one_drive_folder(configuration, ids[0], ids[1], ids[2], options).await?).await
}

pub async fn save(
    configuration: &Configuration,
    ids: &[&str],
) -> std::result::Result<Response, Error<SaveOneDriveFolderError>> {
    save_one_drive_folder(configuration, ids[0], ids[1], ids[2]).await
}

pub async fn save_drive(configuration: &Configuration, ids: &[&str]) -> Result<Response> {
    Ok(save_one_drive(configuration, ids[0], ids[1]).await?)
}

pub async fn save_document(configuration: &Configuration, ids: &[&str]) -> Result<Response> {
    let options = SaveDocumentOptions { as_zip: Some(Some(false)) };
    Ok(save_one_drive_document(configuration, ids[0], ids[1], ids[2], options).await?)
}
