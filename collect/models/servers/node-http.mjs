// SPDX-License-Identifier: GPL-3.0-or-later
// The server of node-http: http by its defaults, but for those that would close an idle connection.
import { createServer } from 'node:http';

const server = createServer((request, response) => response.end('ok'));
server.keepAliveTimeout = 0;
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096 });
