// The actions of v8: a restore or copy is followed to its end.
import { setTimeout } from "node:timers/promises";
import {
  copyOneDriveFolder,
  getRestoreSession,
  getRestoreSessionStatistics,
  restoreOneDriveFolder,
  saveOneDrive,
  saveOneDriveDocument,
  saveOneDriveFolder,
  sendOneDriveFolder,
} from "./client/index.js";
import type { RestoreAnswer } from "./client/index.js";
import type { Answer, Folder } from "./program.js";

export const login = { disable_antiforgery_token: true };

type Started = { data?: RestoreAnswer | undefined; response?: Response | undefined };

async function follow({ data, response }: Started): Promise<Answer> {
  const path = { restoreSessionId: data!.sessionId };
  while ((await getRestoreSession({ path })).data?.state !== "Stopped") await setTimeout(50);
  const statistics = await getRestoreSessionStatistics({ path });
  return { status: response!.status, restoredItemsCount: statistics.data?.restoredItemsCount };
}

export const restore = async (path: Folder, userName: string, userPassword: string) =>
  follow(await restoreOneDriveFolder({ path, body: { userName, userPassword, documentAction: "Overwrite" } }));

export async function send(path: Folder, from: string, to: string, subject: string, text: string): Promise<Answer> {
  const { response } = await sendOneDriveFolder({ path, body: { from, to, subject, text } });
  return { status: response!.status };
}

export const copy = async (path: Folder, userName: string, userPassword: string, id: string, folder: string) =>
  follow(
    await copyOneDriveFolder({
      path,
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
      return saveOneDrive({ path, parseAs: "stream" });
    case "saveDocument":
      return saveOneDriveDocument({
        path: { ...path, documentId: folderId },
        body: { asZip: false },
        parseAs: "stream",
      });
    default:
      return saveOneDriveFolder({ path: { ...path, folderId }, parseAs: "stream" });
  }
}
