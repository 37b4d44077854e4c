// The actions up to v5.
import { client, type Answer, type Folder } from "./api.js";
import type { components } from "./client/schema.js";

type Action = components["schemas"]["OneDriveFolderAction"];
type Statistics = components["schemas"]["RestoreStatistics"];

const drive = "/RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}";
const action = `${drive}/Folders/{folderId}/Action` as const;

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

export function save(command: string, { folderId, ...path }: Folder) {
  switch (command) {
    case "saveOneDrive":
      return client.POST(`${drive}/Action`, { params: { path }, body: { save: null }, parseAs: "stream" });
    case "saveDocument":
      return client.POST(`${drive}/Documents/{documentId}/Action`, {
        params: { path: { ...path, documentId: folderId } },
        body: { save: { asZip: false } },
        parseAs: "stream",
      });
    default:
      return client.POST(action, {
        params: { path: { ...path, folderId } },
        body: { save: null },
        parseAs: "stream",
      });
  }
}
