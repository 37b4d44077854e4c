// The client that openapi-fetch makes of the generated types.
import createClient from "openapi-fetch";
import type { paths } from "./client/schema.js";

export type Answer = { status: number; restoredItemsCount?: number | undefined; message?: string | undefined };
export type Folder = { restoreSessionId: string; oneDriveId: string; folderId: string };

export const client = createClient<paths>({ baseUrl: process.env.VBO365_URL! });

let token: string | undefined;
export function setToken(value: string | undefined): void {
  token = value;
}

client.use({
  onRequest({ request }) {
    if (token) request.headers.set("Authorization", `Bearer ${token}`);
  },
});
