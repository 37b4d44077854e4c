// The actions up to v5.
import { runOneDriveAction, runOneDriveDocumentAction, runOneDriveFolderAction } from "./client/index.js";
import type { OneDriveFolderAction, RestoreStatistics } from "./client/index.js";
import type { Answer, Folder } from "./program.js";

export const login = {};

async function act(path: Folder, body: OneDriveFolderAction): Promise<Answer> {
  const { data, response } = await runOneDriveFolderAction({ path, body, parseAs: "text" });
  const status = response!.status;
  if (!response!.headers.get("Content-Type")?.startsWith("application/json")) return { status };
  const statistics = JSON.parse(data as unknown as string) as RestoreStatistics;
  return { status, restoredItemsCount: statistics.restoredItemsCount };
}

export const restore = (path: Folder, userName: string, userPassword: string) =>
  act(path, {
    restoreToOriginalLocation: { userName, userPassword, documentVersion: "last", documentAction: "overwrite" },
  });

export const send = (path: Folder, from: string, to: string, subject: string, text: string) =>
  act(path, { sendTo: { from, to, subject, text } });

export const copy = (path: Folder, userName: string, userPassword: string, id: string, folder: string) =>
  act(path, {
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

export function save(command: string, { folderId, ...path }: Folder) {
  switch (command) {
    case "saveOneDrive":
      return runOneDriveAction({ path, body: { save: null }, parseAs: "stream" });
    case "saveDocument":
      return runOneDriveDocumentAction({
        path: { ...path, documentId: folderId },
        body: { save: { asZip: false } },
        parseAs: "stream",
      });
    default:
      return runOneDriveFolderAction({ path: { ...path, folderId }, body: { save: null }, parseAs: "stream" });
  }
}
