// This program uses the client that orval makes, with the fetch.ts beside it.
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { createToken, runOneDriveFolderAction } from "./client/client.js";
import type { OneDriveFolderAction, RestoreStatistics } from "./client/client.js";
import { setToken } from "./fetch.js";

type Answer = { status: number; restoredItemsCount?: number | undefined; message?: string | undefined };

async function login(): Promise<Answer> {
  const { status, data } = await createToken({
    grant_type: "password",
    username: process.env.VBO365_USERNAME!,
    password: process.env.VBO365_PASSWORD!,
  });
  if (status === 200) setToken(data.access_token);
  return { status };
}

// act runs an action whose answer is small.
async function act(ids: string[], body: OneDriveFolderAction): Promise<Answer> {
  const [session, drive, folder] = ids as [string, string, string];
  const { status, data } = await runOneDriveFolderAction(session, drive, folder, body);
  if (!data) return { status };
  const statistics = data as unknown as RestoreStatistics; // customFetch decodes what is JSON
  return { status, restoredItemsCount: statistics.restoredItemsCount };
}

async function save(ids: string[], file: string): Promise<Answer> {
  const [session, drive, folder] = ids as [string, string, string];
  const response = await runOneDriveFolderAction(session, drive, folder, { save: null });
  if (response.status === 200) {
    await pipeline(Readable.fromWeb(response.data as unknown as ReadableStream), createWriteStream(file));
    return { status: response.status };
  }
  if (response.status === 401) return { status: response.status };
  return { status: response.status, message: response.data.message };
}

async function run(command: string, args: string[]): Promise<Answer> {
  switch (command) {
    case "login":
      return login();
    case "token":
      setToken(args[0]);
      return { status: 200 };
    case "restoreToOriginalLocation":
      return act(args, {
        restoreToOriginalLocation: {
          userName: "alice@example.com",
          userPassword: "correct horse battery staple",
          documentVersion: "last",
          documentAction: "overwrite",
        },
      });
    case "sendTo":
      return act(args, {
        sendTo: {
          from: "backup@example.com",
          to: "alice@example.com",
          subject: `Zoë's "invoices"`,
          text: "As you asked.",
        },
      });
    case "copyTo":
      return act(args, {
        copyTo: {
          userName: "bob@example.com",
          userPassword: "correct horse battery staple",
          oneDrive: { id: args[3]! },
          folder: "From Zoë & Co",
          changedItems: true,
          documentVersion: "all",
          documentLastVersionAction: "merge",
        },
      });
    case "save":
      return save(args, args[3]!);
    default:
      throw new Error(`unknown command ${command}`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...args] = line.split(" ");
  console.log(JSON.stringify(await run(command!, args)));
}
