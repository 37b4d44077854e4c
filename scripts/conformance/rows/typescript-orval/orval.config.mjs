export default {
  vbo365: {
    input: process.env.DOCUMENT,
    output: {
      target: "client/client.ts",
      client: "fetch",
      override: { mutator: { path: "fetch.ts", name: "customFetch", extension: ".js" } },
    },
  },
};
