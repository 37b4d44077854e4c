// The actions up to v5.
import { runOneDriveAction, runOneDriveDocumentAction, runOneDriveFolderAction } from "./client/client.js";
import type { OneDriveFolderAction, RestoreStatistics } from "./client/client.js";
import type { Answer, Ids } from "./program.js";

export const login = {};

async function act(ids: Ids, body: OneDriveFolderAction): Promise<Answer> {
  const { status, data } = await runOneDriveFolderAction(...ids, body);
  if (!data) return { status };
  const statistics = data as unknown as RestoreStatistics; // customFetch decodes what is JSON
  return { status, restoredItemsCount: statistics.restoredItemsCount };
}

export const restore = (ids: Ids, userName: string, userPassword: string) =>
  act(ids, {
    restoreToOriginalLocation: { userName, userPassword, documentVersion: "last", documentAction: "overwrite" },
  });

export const send = (ids: Ids, from: string, to: string, subject: string, text: string) =>
  act(ids, { sendTo: { from, to, subject, text } });

export const copy = (ids: Ids, userName: string, userPassword: string, id: string, folder: string) =>
  act(ids, {
    copyTo: {
      userName,
      userPassword,
      oneDrive: { id },
      folder,
      changedItems: true,
      documentVersion: "all",
      documentLastVersionAction: "merge",
    },
  });

export function save(command: string, ids: Ids) {
  switch (command) {
    case "saveOneDrive":
      return runOneDriveAction(ids[0], ids[1], { save: null });
    case "saveDocument":
      return runOneDriveDocumentAction(...ids, { save: { asZip: false } });
    default:
      return runOneDriveFolderAction(...ids, { save: null });
  }
}
