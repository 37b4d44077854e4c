// The actions of v8: a restore or copy is followed to its end.
import { setTimeout } from "node:timers/promises";
import { client, type Answer, type Folder } from "./api.js";
import type { components } from "./client/schema.js";

const drive = "/RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}";
const folders = `${drive}/Folders/{folderId}` as const;

export const login = { disable_antiforgery_token: true };

type Started = { data?: components["schemas"]["RestoreAnswer"]; response: Response };

async function follow({ data, response }: Started): Promise<Answer> {
  const params = { path: { restoreSessionId: data!.sessionId } };
  const session = "/RestoreSessions/{restoreSessionId}";
  while ((await client.GET(session, { params })).data?.state !== "Stopped") await setTimeout(50);
  const statistics = await client.GET(`${session}/Statistics`, { params });
  return { status: response.status, restoredItemsCount: statistics.data?.restoredItemsCount };
}

export const restore = async (path: Folder, userName: string, userPassword: string) =>
  follow(
    await client.POST(`${folders}/restore`, {
      params: { path },
      body: { userName, userPassword, documentAction: "Overwrite" },
    }),
  );

export async function send(path: Folder, from: string, to: string, subject: string, text: string): Promise<Answer> {
  const { response } = await client.POST(`${folders}/send`, { params: { path }, body: { from, to, subject, text } });
  return { status: response.status };
}

export const copy = async (path: Folder, userName: string, userPassword: string, id: string, folder: string) =>
  follow(
    await client.POST(`${folders}/copyTo`, {
      params: { path },
      body: {
        userName,
        userPassword,
        oneDrive: { id },
        folder,
        changedItems: true,
        documentVersion: "All",
        documentLastVersionAction: "Merge",
      },
    }),
  );

export function save(command: string, { folderId, ...path }: Folder) {
  switch (command) {
    case "saveOneDrive":
      return client.POST(`${drive}/save`, { params: { path }, parseAs: "stream" });
    case "saveDocument":
      return client.POST(`${drive}/Documents/{documentId}/save`, {
        params: { path: { ...path, documentId: folderId } },
        body: { asZip: false },
        parseAs: "stream",
      });
    default:
      return client.POST(`${folders}/save`, { params: { path: { ...path, folderId } }, parseAs: "stream" });
  }
}
