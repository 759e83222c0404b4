// Takes webhooks, on loopback if nothing else is said, and answers with the status that the path names: /status/500.
// The first argument is the port, 0 for a free one, the second the address to listen on; both are printed once it listens.
'use strict';

const http = require('node:http');

const server = http.createServer((request, answer) => {
  const status = Number(/^\/status\/([2-5]\d\d)$/.exec(request.url)?.[1] ?? 404);
  request.resume().on('end', () => {
    answer.writeHead(status, { 'content-type': 'text/plain' });
    answer.end(String(status));
  });
});

const host = process.argv[3] ?? '127.0.0.1';
server.listen(Number(process.argv[2] ?? 3999), host, () => console.log(`http://${host}:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
