//! The actions up to v5.

use reqwest::Response;
use serde_json::{Value, json};
use vbo365::apis::Error;
use vbo365::apis::authorization_api::{CreateTokenError, create_token};
use vbo365::apis::configuration::Configuration;
use vbo365::apis::one_drive_documents_api::run_one_drive_document_action;
use vbo365::apis::one_drive_folders_api::{RunOneDriveFolderActionError, run_one_drive_folder_action};
use vbo365::apis::one_drives_api::run_one_drive_action;
use vbo365::models::{
    CopyToAction, CopyToOptions, DocumentVersion, GrantType, OneDriveAction, OneDriveDocumentAction,
    OneDriveFolderAction, RestoreStatistics, RestoreToOriginalLocationAction, RestoreToOriginalLocationOptions,
    SaveAction, SaveOptions, SendToAction, SendToOptions, Token,
};

use crate::Result;

pub use vbo365::apis::one_drive_folders_api::RunOneDriveFolderActionError as SaveError;

pub async fn login(
    configuration: &Configuration,
    username: &str,
    password: &str,
) -> std::result::Result<Token, Error<CreateTokenError>> {
    create_token(configuration, GrantType::Password, Some(username), Some(password), None, None, None).await
}

/// Runs an action whose answer is small.
async fn act(configuration: &Configuration, ids: &[&str], action: OneDriveFolderAction) -> Result<Value> {
    let response = run_one_drive_folder_action(configuration, ids[0], ids[1], ids[2], action, None, None).await?;
    let mut answer = json!({"status": response.status().as_u16()});
    let content = response.headers().get("Content-Type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content.starts_with("application/json") {
        let statistics: RestoreStatistics = serde_json::from_str(&response.text().await?)?;
        answer["restoredItemsCount"] = json!(statistics.restored_items_count);
    }
    Ok(answer)
}

pub async fn restore(
    configuration: &Configuration,
    ids: &[&str],
    options: RestoreToOriginalLocationOptions,
) -> Result<Value> {
    let options = RestoreToOriginalLocationOptions { document_version: Some(DocumentVersion::Last), ..options };
    let action = Box::new(RestoreToOriginalLocationAction::new(options));
    act(configuration, ids, OneDriveFolderAction::RestoreToOriginalLocationAction(action)).await
}

pub async fn send(configuration: &Configuration, ids: &[&str], options: SendToOptions) -> Result<Value> {
    act(configuration, ids, OneDriveFolderAction::SendToAction(Box::new(SendToAction::new(options)))).await
}

pub async fn copy(configuration: &Configuration, ids: &[&str], options: CopyToOptions) -> Result<Value> {
    act(configuration, ids, OneDriveFolderAction::CopyToAction(Box::new(CopyToAction::new(options)))).await
}

pub async fn save(
    configuration: &Configuration,
    ids: &[&str],
) -> std::result::Result<Response, Error<RunOneDriveFolderActionError>> {
    let action = OneDriveFolderAction::SaveAction(Box::new(SaveAction::new(None)));
    run_one_drive_folder_action(configuration, ids[0], ids[1], ids[2], action, None, None).await
}

pub async fn save_drive(configuration: &Configuration, ids: &[&str]) -> Result<Response> {
    let action = OneDriveAction::SaveAction(Box::new(SaveAction::new(None)));
    Ok(run_one_drive_action(configuration, ids[0], ids[1], action, None, None).await?)
}

pub async fn save_document(configuration: &Configuration, ids: &[&str]) -> Result<Response> {
    let options = SaveOptions { as_zip: Some(false) };
    let action = OneDriveDocumentAction::SaveAction(Box::new(SaveAction::new(Some(options))));
    Ok(run_one_drive_document_action(configuration, ids[0], ids[1], ids[2], action).await?)
}
