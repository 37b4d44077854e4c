// The actions up to v5.
import { client, type Answer, type Folder } from "./api.js";
import type { components } from "./client/schema.js";

type Action = components["schemas"]["OneDriveFolderAction"];
type Statistics = components["schemas"]["RestoreStatistics"];

const action = "/RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}/Folders/{folderId}/Action";

export const login = {};

async function act(path: Folder, body: Action): Promise<Answer> {
  const { data, response } = await client.POST(action, { params: { path }, body, parseAs: "text" });
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) return { status: response.status };
  const statistics = JSON.parse(data!) as Statistics;
  return { status: response.status, restoredItemsCount: statistics.restoredItemsCount };
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

export const save = (path: Folder) =>
  client.POST(action, { params: { path }, body: { save: null }, parseAs: "stream" });
