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
} from "./client/client.js";
import type { Answer, Ids } from "./program.js";

export const login = { disable_antiforgery_token: true };

async function follow({ status, data }: Awaited<ReturnType<typeof restoreOneDriveFolder>>): Promise<Answer> {
  if (status !== 200) return { status };
  for (;;) {
    const session = await getRestoreSession(data.sessionId);
    if (session.status === 200 && session.data.state === "Stopped") break;
    await setTimeout(50);
  }
  const statistics = await getRestoreSessionStatistics(data.sessionId);
  if (statistics.status !== 200) return { status: statistics.status };
  return { status, restoredItemsCount: statistics.data.restoredItemsCount };
}

export const restore = async (ids: Ids, userName: string, userPassword: string) =>
  follow(await restoreOneDriveFolder(...ids, { userName, userPassword, documentAction: "Overwrite" }));

export async function send(ids: Ids, from: string, to: string, subject: string, text: string): Promise<Answer> {
  const { status } = await sendOneDriveFolder(...ids, { from, to, subject, text });
  return { status };
}

export const copy = async (ids: Ids, userName: string, userPassword: string, id: string, folder: string) =>
  follow(
    await copyOneDriveFolder(...ids, {
      userName,
      userPassword,
      oneDrive: { id },
      folder,
      changedItems: true,
      documentVersion: "All",
      documentLastVersionAction: "Merge",
    }),
  );

export function save(command: string, ids: Ids) {
  switch (command) {
    case "saveOneDrive":
      return saveOneDrive(ids[0], ids[1]);
    case "saveDocument":
      return saveOneDriveDocument(...ids, { asZip: false });
    default:
      return saveOneDriveFolder(...ids);
  }
}
