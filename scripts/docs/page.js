// Shows the document. It is the variable openapi, defined in front of this.

// A page that a server sent talks to that server. A page from a file talks to none: a browser lets it reach no other.
const served = location.protocol !== 'file:';
if (served) {
  const { apiVersion } = openapi.servers[0].variables;
  openapi.servers = [{ url: '/{apiVersion}', description: 'The server of this page', variables: { apiVersion } }];
}

openapi.info.description += `

**Trying it out.** This page can send requests to the server that it came from, for example the simulator of this
project: *POST /token* logs in for the whole page. Opened from a file, it cannot.`;

// The document has the tags by name; here they are in the order of their first operations.
const used = Object.values(openapi.paths).flatMap((path) => Object.values(path).flatMap((part) => part.tags ?? []));
openapi.tags.sort((a, b) => used.indexOf(a.name) - used.indexOf(b.name));

// A form begins with the examples of all its fields, but a log-in has only some of them: the others begin empty, and
// what is empty is not sent.
const { schema, examples } = openapi.paths['/token'].post.requestBody.content['application/x-www-form-urlencoded'];
for (const [name, field] of Object.entries(openapi.components.schemas[schema.$ref.split('/').pop()].properties)) {
  if (!(name in examples.password.value)) field.example = '';
}

const withoutEmpty = (request) => {
  if (request.headers['Content-Type'] === 'application/x-www-form-urlencoded') {
    const fields = [...new URLSearchParams(request.body)].filter(([, value]) => value !== '');
    request.body = new URLSearchParams(fields).toString();
  }
  return request;
};

// Whoever logs in with "Try it out" is authorised in the whole page.
const authorise = (response) => {
  if (new URL(response.url, location).pathname.endsWith('/token') && response.body?.access_token) {
    ui.preauthorizeApiKey('bearerAuth', response.body.access_token);
  }
  return response;
};

// The bytes that the API answers are ZIP archives, and no answer says what to call them.
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[download][href^="blob:"]');
  if (link) link.download = 'folder.zip';
}, true);

// Samples are shown with a button for each, and not as an extension like any other. All others are shown as they are.
const samples = (system) => ({
  wrapComponents: {
    OperationExtRow: (Row) => (props) => props.xKey === 'x-codeSamples'
      ? system.React.createElement(Samples, { samples: props.xVal.toJS() })
      : system.React.createElement(Row, props),
  },
});

function Samples({ samples }) {
  const { createElement: element, useState } = ui.getSystem().React;
  const [chosen, choose] = useState(0);
  return element('tr', { className: 'samples' }, element('td', { colSpan: 2 },
    samples.map(({ label }, i) => element('button',
      { key: label, className: i === chosen ? 'btn chosen' : 'btn', onClick: () => choose(i) }, label)),
    element('pre', { className: 'microlight' }, samples[chosen].source)));
}

const ui = SwaggerUIBundle({
  spec: openapi,
  dom_id: '#reference',
  plugins: [samples],
  supportedSubmitMethods: served ? ['get', 'put', 'post'] : [],
  requestInterceptor: withoutEmpty,
  responseInterceptor: authorise,
  deepLinking: true,
  showExtensions: true,
  showCommonExtensions: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
