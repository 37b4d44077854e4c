// What the generated client calls in place of fetch.

let token: string | undefined;

export function setToken(value: string | undefined): void {
  token = value;
}

// customFetch gives bytes as a stream, JSON decoded, and nothing for an empty body.
export async function customFetch<T>(path: string, options: RequestInit): Promise<T> {
  const headers = new Headers(options.headers);
  if (token) headers.set("Authorization", `Bearer ${token}`);
  const response = await fetch(process.env.VBO365_URL + path, { ...options, headers });
  return { status: response.status, headers: response.headers, data: await content(response) } as T;
}

async function content(response: Response): Promise<unknown> {
  const type = response.headers.get("Content-Type");
  if (type?.startsWith("application/octet-stream")) return response.body;
  if (type?.startsWith("application/json")) return response.json();
  await response.body?.cancel();
  return undefined;
}
