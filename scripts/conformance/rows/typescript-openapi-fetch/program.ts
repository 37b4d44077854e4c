// This program uses the types that openapi-typescript makes, with openapi-fetch.
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import createClient from "openapi-fetch";
import type { components, paths } from "./client/schema.js";

type Action = components["schemas"]["OneDriveFolderAction"];
type Statistics = components["schemas"]["RestoreStatistics"];
type Answer = { status: number; restoredItemsCount?: number | undefined; message?: string | undefined };

const path =
  "/RestoreSessions/{restoreSessionId}/Organization/OneDrives/{oneDriveId}/Folders/{folderId}/Action";

const client = createClient<paths>({ baseUrl: process.env.VBO365_URL! });
let token: string | undefined;
client.use({
  onRequest({ request }) {
    if (token) request.headers.set("Authorization", `Bearer ${token}`);
  },
});

async function login(): Promise<Answer> {
  const { data, response } = await client.POST("/token", {
    body: {
      grant_type: "password",
      username: process.env.VBO365_USERNAME!,
      password: process.env.VBO365_PASSWORD!,
    },
    headers: { "Content-Type": "application/x-www-form-urlencoded" }, // chooses the serializer, too
  });
  token = data?.access_token;
  return { status: response.status };
}

// act runs an action whose answer is small.
async function act(ids: string[], body: Action): Promise<Answer> {
  const [restoreSessionId, oneDriveId, folderId] = ids as [string, string, string];
  const { data, response } = await client.POST(path, {
    params: { path: { restoreSessionId, oneDriveId, folderId } },
    body,
    parseAs: "text",
  });
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) return { status: response.status };
  const statistics = JSON.parse(data!) as Statistics;
  return { status: response.status, restoredItemsCount: statistics.restoredItemsCount };
}

async function save(ids: string[], file: string): Promise<Answer> {
  const [restoreSessionId, oneDriveId, folderId] = ids as [string, string, string];
  const { data, error, response } = await client.POST(path, {
    params: { path: { restoreSessionId, oneDriveId, folderId } },
    body: { save: null },
    parseAs: "stream",
  });
  if (!data) return { status: response.status, message: error?.message };
  await pipeline(Readable.fromWeb(data as ReadableStream), createWriteStream(file));
  return { status: response.status };
}

async function run(command: string, args: string[]): Promise<Answer> {
  switch (command) {
    case "login":
      return login();
    case "token":
      token = args[0];
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
