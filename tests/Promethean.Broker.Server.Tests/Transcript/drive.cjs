'use strict';
// Drives every action of the wire against the broker at argv[2], whose token is argv[3], and tells each step as a line of JSON.
// Nothing is waited for by time: each step waits for the frames that it is about, and tells them in the order it asks for them.

const http = require('node:http');
const WebSocket = require('ws');

const [url, token] = process.argv.slice(2);
const hangGuard = 60_000;

const tell = step => process.stdout.write(JSON.stringify(step) + '\n');
const chapter = title => tell({ kind: 'chapter', text: title });
const note = text => tell({ kind: 'note', text });

const isPartOf = (pattern, value) =>
  typeof pattern === 'object' && pattern !== null
    ? typeof value === 'object' && value !== null && Object.keys(pattern).every(key => isPartOf(pattern[key], value[key]))
    : pattern === value;

/** Settles like the promise, or fails with what was waited for. */
function guarded(promise, what) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`waited in vain: ${what()}`)), hangGuard); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

class Client {
  #socket;
  #inbox = [];
  #waiting = null;
  #closed;

  constructor(name, socket) {
    this.name = name;
    this.#socket = socket;
    socket.on('message', data => {
      const text = data.toString();
      tell({ kind: 'raw', text });
      const message = JSON.parse(text);
      this.#inbox.push(...(Array.isArray(message) ? message : [message]));
      this.#waiting?.();
    });
    this.#closed = new Promise(resolve => socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })));
  }

  static open(name, query = '') {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url + query, { headers: { authorization: `Bearer ${token}` } });
      const client = new Client(name, socket);
      socket.on('open', () => resolve(client));
      socket.on('error', reject);
    });
  }

  send(frame) {
    this.sendText(JSON.stringify(frame));
  }

  /** Sends what no schema allows. */
  sendWrong(text) {
    this.sendText(text, true);
  }

  sendText(text, isWrong = false) {
    tell({ kind: 'sent', client: this.name, text, isWrong });
    this.#socket.send(text);
  }

  sendSilently(data) {
    this.#socket.send(data);
  }

  /** The first frame that has these members, among those that came and those that will. */
  async gets(members) {
    for (;;) {
      const index = this.#inbox.findIndex(frame => isPartOf(members, frame));
      if (index >= 0) {
        const [frame] = this.#inbox.splice(index, 1);
        tell({ kind: 'received', client: this.name, text: JSON.stringify(frame) });
        return frame;
      }

      await guarded(
        new Promise(resolve => { this.#waiting = resolve; }),
        () => `${this.name} for ${JSON.stringify(members)}, has ${JSON.stringify(this.#inbox)}`);
    }
  }

  async asks(frame) {
    this.send(frame);
    return this.gets({ id: frame.id });
  }

  async closes() {
    const { code, reason } = await guarded(this.#closed, () => `${this.name} to be closed`);
    tell({ kind: 'closed', client: this.name, text: `${code} ${reason}`.trim() });
    this.hasNothingLeft();
  }

  /** Leaves, and waits until the broker has answered that. */
  async leaves() {
    this.hasNothingLeft();
    this.#socket.close(1000);
    await guarded(this.#closed, () => `${this.name} to be let go`);
  }

  /** Is gone without a word, as when a network fails. */
  breaks() {
    this.hasNothingLeft();
    this.#socket.terminate();
  }

  hasNothingLeft() {
    if (this.#inbox.length > 0) {
      throw new Error(`${this.name} was sent more than this: ${JSON.stringify(this.#inbox)}`);
    }
  }
}

/** The status that a connection is refused with. */
function refused(headers) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    socket.on('unexpected-response', (request, response) => {
      resolve(response.statusCode);
      request.destroy();
    });
    socket.on('open', () => reject(new Error('the connection was not refused')));
    socket.on('error', () => {});
  });
}

function status(path) {
  return new Promise((resolve, reject) => {
    http.get(new URL(path, url.replace(/^ws/, 'http')), response => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    }).on('error', reject);
  });
}

async function connecting() {
  chapter('Connecting');
  note('Refused are those without the token and those with a wrong one, web pages of foreign origins, and what is no WebSocket.');
  tell({ kind: 'refused', text: `no token: ${await refused({})}` });
  tell({ kind: 'refused', text: `a wrong token: ${await refused({ authorization: 'Bearer wrong' })}` });
  tell({ kind: 'refused', text: `a foreign page: ${await refused({ authorization: `Bearer ${token}`, origin: 'https://elsewhere.example' })}` });
  tell({ kind: 'refused', text: `a plain GET: ${await status('/')}` });
}

async function theBrokerItself(alice) {
  chapter('The broker itself');
  await alice.asks({ id: 'a1', action: 'heartbeat' });
  await alice.asks({ id: 'a2', action: 'models.list' });
  await alice.asks({ id: 'a3', action: 'system.health' });
  await alice.asks({ id: 'a4', action: 'system.metrics' });
}

async function topics(alice, bob) {
  chapter('Topics');
  await alice.asks({ id: 't1', action: 'subscribe', payload: { topic: 'crawl.*.done' } });
  await alice.asks({ id: 't2', action: 'subscribe', payload: { topic: '>' } });
  note('A message comes once, however many patterns it falls under.');
  await bob.asks({ id: 't3', action: 'publish', payload: { topic: 'crawl.site1.done', payload: { pages: 120 }, headers: { by: 'bob' } } });
  await alice.gets({ event: 'message' });
  await alice.asks({ id: 't4', action: 'unsubscribe', payload: { topic: '>' } });
  await bob.asks({ id: 't5', action: 'publish', payload: { topic: 'elsewhere', payload: null } });
  await alice.asks({ id: 't6', action: 'unsubscribe', payload: { topic: 'crawl.*.done' } });
  alice.hasNothingLeft();
  note('Without an id nothing answers.');
  bob.send({ action: 'publish', payload: { topic: 'crawl.site1.done', payload: 1 } });
  await bob.asks({ id: 't7', action: 'heartbeat' });
}

async function requests(alice, carol) {
  chapter('Requests and workers');
  await carol.asks({
    id: 'w1',
    action: 'ready',
    payload: { worker: 'c', actions: ['chat.completion', 'embedding.query', 'tool.invoke'], credit: 2, models: ['extractive', 'lexical-hash-3'] },
  });
  await alice.asks({ id: 'r1', action: 'models.list' });

  note('A chat answer, streamed.');
  alice.send({
    id: 'r2',
    action: 'chat.completion',
    payload: { model: 'extractive', messages: [{ role: 'user', content: 'Summarise this.' }], stream: true },
    deadline_ms: 30000,
    priority: 1,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  });
  const chat = (await carol.gets({ event: 'task-assigned' })).task.id;
  for (const delta of ['A page ', 'about brokers.']) {
    carol.send({
      action: 'respond',
      payload: {
        taskId: chat,
        event: 'chat.delta',
        body: { delta, chunk: { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: delta } }] } },
      },
    });
    await alice.gets({ id: 'r2', event: 'chat.delta' });
  }

  await carol.asks({
    id: 'w2',
    action: 'respond',
    payload: {
      taskId: chat,
      event: 'chat.complete',
      body: {
        output: { text: 'A page about brokers.', finish_reason: 'stop' },
        usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 },
        model: 'extractive',
      },
      final: true,
    },
  });
  await alice.gets({ id: 'r2', final: true });

  note('Vectors.');
  alice.send({ id: 'r3', action: 'embedding.query', payload: { model: 'lexical-hash-3', input: ['one text'] } });
  const vectors = (await carol.gets({ event: 'task-assigned' })).task.id;
  carol.send({
    action: 'respond',
    payload: {
      taskId: vectors,
      event: 'embedding.result',
      body: { embeddings: [[0.6, 0.5, 0.8]], model: 'lexical-hash-3', dim: 3, usage: { prompt_tokens: 2, total_tokens: 2 } },
      final: true,
    },
  });
  await alice.gets({ id: 'r3', final: true });

  note("A tool, with events of its own; a worker may say several at once, and ok's payload is whatever it is.");
  alice.send({ id: 'r4', action: 'tool.invoke', payload: { name: 'clock.now', arguments: { zone: 'UTC' } } });
  const tool = (await carol.gets({ event: 'task-assigned' })).task.id;
  carol.send([
    { action: 'respond', payload: { taskId: tool, event: 'tool.progress', body: { percent: 50 }, final: false } },
    { action: 'respond', payload: { taskId: tool, event: 'ok', body: { payload: { hour: 12 } }, final: true } },
  ]);
  await alice.gets({ id: 'r4', event: 'tool.progress' });
  await alice.gets({ id: 'r4', event: 'ok' });

  note('Cancelled: the caller hears at once, the worker is told, and its final word gives the credit back.');
  alice.send({ id: 'r5', action: 'tool.invoke', payload: { name: 'sleep' } });
  const cancelled = (await carol.gets({ event: 'task-assigned' })).task.id;
  alice.send({ id: 'r6', action: 'cancel', payload: { id: 'r5' } });
  await alice.gets({ id: 'r5' });
  await alice.gets({ id: 'r6' });
  await carol.gets({ event: 'task-cancelled' });
  await carol.asks({ id: 'w3', action: 'respond', payload: { taskId: cancelled, event: 'stopped', final: true } });
  note('What is not in flight is cancelled in vain.');
  await alice.asks({ id: 'r7', action: 'cancel', payload: { id: 'r5' } });
}

async function failures(alice, carol) {
  chapter('Requests that fail');
  note('Nobody serves the action.');
  await alice.asks({ id: 'f1', action: 'nobody.serves.this', payload: {} });

  note('The deadline had passed, or passes while the worker works.');
  await alice.asks({ id: 'f2', action: 'tool.invoke', payload: {}, deadline_ms: 0 });
  alice.send({ id: 'f3', action: 'tool.invoke', payload: {}, deadline_ms: 20 });
  const late = (await carol.gets({ event: 'task-assigned' })).task.id;
  await alice.gets({ id: 'f3' });
  await carol.gets({ event: 'task-cancelled' });
  await carol.asks({ id: 'w4', action: 'respond', payload: { taskId: late, event: 'done', final: true } });

  note("The worker's own errors reach the caller as they are.");
  for (const [number, code, message, more] of [
    [4, 'not_found', "There is no model 'x'."],
    [5, 'unauthorized', 'The key of the model is not accepted.'],
    [6, 'forbidden', 'The key does not cover this model.'],
    [7, 'unsupported_media', 'Pictures are not taken.'],
    [8, 'too_large', 'The prompt is too long.'],
    [9, 'overloaded', 'The model is busy.', { retry_after_ms: 2500 }],
    [10, 'cancelled', 'The worker was stopped.'],
  ]) {
    alice.send({ id: `f${number}`, action: 'chat.completion', payload: {} });
    const task = (await carol.gets({ event: 'task-assigned' })).task.id;
    carol.send({ action: 'respond', payload: { taskId: task, event: 'error', body: { code, message, ...more }, final: true } });
    await alice.gets({ id: `f${number}` });
  }

  note('A worker that answers with something else than an object.');
  alice.send({ id: 'f11', action: 'tool.invoke', payload: {} });
  const wrong = (await carol.gets({ event: 'task-assigned' })).task.id;
  carol.sendWrong(JSON.stringify({ id: 'w5', action: 'respond', payload: { taskId: wrong, event: 'done', body: [], final: true } }));
  await carol.gets({ id: 'w5' });
  await alice.gets({ id: 'f11' });

  note('A worker that leaves fails what it worked on, and what waited for it when it was the last.');
  await carol.asks({ id: 'w6', action: 'ready', payload: { worker: 'c', actions: ['tool.invoke'], credit: 1 } });
  alice.send({ id: 'f12', action: 'tool.invoke', payload: 'worked on' });
  await carol.gets({ event: 'task-assigned' });
  alice.send({ id: 'f13', action: 'tool.invoke', payload: 'waiting' });
  await alice.asks({ id: 'f14', action: 'heartbeat' });
  carol.send({ id: 'w7', action: 'ready', payload: { worker: 'c', actions: [], credit: 0 } });
  await alice.gets({ id: 'f12' });
  await alice.gets({ id: 'f13' });
  await carol.gets({ id: 'w7' });
}

async function queues(alice, erin) {
  chapter('Queues');
  note('A name keeps a second task of the same name out.');
  const pages = { id: 'q1', action: 'enqueue', payload: { queue: 'pages', payload: { url: 'http://127.0.0.1/' }, dedupe_id: 'http://127.0.0.1/', headers: { seed: 'local' } } };
  await alice.asks(pages);
  await alice.asks({ ...pages, id: 'q2' });
  await erin.asks({ id: 'e1', action: 'ready', payload: { queue: 'pages', credit: 1, worker: 'q', lease_ms: 60000 } });
  const first = (await erin.gets({ event: 'task-assigned' })).task.id;

  note('Rejected, it comes again; done, it is gone.');
  erin.send({ id: 'e2', action: 'nack', payload: { queue: 'pages', taskId: first, reason: 'connection refused' } });
  await erin.gets({ id: 'e2' });
  await erin.gets({ event: 'task-assigned' });
  await erin.asks({ id: 'e3', action: 'ack', payload: { queue: 'pages', taskId: first } });

  note('Held back for a while.');
  await alice.asks({ id: 'q3', action: 'enqueue', payload: { queue: 'pages', payload: 'later', delay_ms: 20 } });
  const delayed = (await erin.gets({ event: 'task-assigned' })).task.id;

  note('Not worth another attempt: it goes to the dead letters.');
  await erin.asks({ id: 'e4', action: 'nack', payload: { queue: 'pages', taskId: delayed, dead_letter: true, reason: 'not a page' } });
  await erin.asks({ id: 'e5', action: 'ready', payload: { queue: 'pages.dead', credit: 1, worker: 'graves' } });
  const dead = (await erin.gets({ event: 'task-assigned', task: { queue: 'pages.dead' } })).task.id;
  await erin.asks({ id: 'e6', action: 'ack', payload: { queue: 'pages.dead', taskId: dead } });

  note('Neither settled nor worth a third attempt: the lease runs out twice.');
  await erin.asks({ id: 'e7', action: 'ready', payload: { queue: 'pages', credit: 1, worker: 'q', lease_ms: 100 } });
  await alice.asks({ id: 'q4', action: 'enqueue', payload: { queue: 'pages', payload: 'forgotten', max_attempts: 2 } });
  await erin.gets({ event: 'task-assigned', task: { queue: 'pages', attempts: 1 } });
  await erin.gets({ event: 'task-assigned', task: { queue: 'pages', attempts: 2 } });
  const forgotten = (await erin.gets({ event: 'task-assigned', task: { queue: 'pages.dead' } })).task.id;
  await erin.asks({ id: 'e8', action: 'ack', payload: { queue: 'pages.dead', taskId: forgotten } });

  note('A task that is not held cannot be settled.');
  await erin.asks({ id: 'e9', action: 'ack', payload: { queue: 'pages', taskId: 'none' } });
  await erin.asks({ id: 'e10', action: 'nack', payload: { queue: 'pages', taskId: 'none' } });

  note('The consumer leaves; without credit there is none.');
  await erin.asks({ id: 'e11', action: 'ready', payload: { queue: 'pages', credit: 0, worker: 'q' } });
}

async function mistakes(alice, carol) {
  chapter('Mistakes');
  note('What cannot be read is answered with a null id.');
  for (const text of ['not json', '42', '[]', '{"id":"m1"}', '{"id":7,"action":"heartbeat"}', '{"id":"m2","action":"a..b"}']) {
    alice.sendWrong(text);
    await alice.gets({ event: 'error' });
  }

  note("Each of the broker's own actions says what it takes.");
  for (const [number, action, payload] of [
    [3, 'subscribe', { topic: 'a..b' }],
    [4, 'unsubscribe', {}],
    [5, 'publish', { topic: 'a.*', payload: 1 }],
    [6, 'ready', { actions: ['heartbeat'], credit: -1 }],
    [7, 'ready', { queue: 'pages' }],
    [8, 'respond', { event: 'done' }],
    [9, 'cancel', {}],
    [10, 'enqueue', { queue: 'pages' }],
    [11, 'ack', { queue: 'pages' }],
    [12, 'nack', { queue: 'pages', taskId: 'x', delay_ms: -1 }],
  ]) {
    alice.sendWrong(JSON.stringify({ id: `m${number}`, action, payload }));
    await alice.gets({ id: `m${number}` });
  }

  note("A task that is not this worker's.");
  await carol.asks({ id: 'm13', action: 'respond', payload: { taskId: 'none', event: 'done', final: true } });

  note('An id in flight belongs to its request, which goes on.');
  await carol.asks({ id: 'w8', action: 'ready', payload: { actions: ['once'], credit: 1 } });
  alice.send({ id: 'm14', action: 'once' });
  const once = (await carol.gets({ event: 'task-assigned' })).task.id;
  alice.send({ id: 'm14', action: 'once' });
  await alice.gets({ id: null, event: 'error' });
  carol.send({ action: 'respond', payload: { taskId: once, event: 'done', final: true } });
  await alice.gets({ id: 'm14' });

  note('A binary message, and one that is too large, cost the connection.');
  const frank = await Client.open('frank');
  tell({ kind: 'told', client: 'frank', text: '(a binary message)' });
  frank.sendSilently(Buffer.from('{}'));
  await frank.gets({ event: 'error' });
  await frank.closes();
  const grace = await Client.open('grace');
  tell({ kind: 'told', client: 'grace', text: '(a message of 4194305 bytes)' });
  grace.sendSilently(`"${'x'.repeat(4 * 1024 * 1024 - 1)}"`);
  await grace.gets({ event: 'error' });
  await grace.closes();
}

async function arrays() {
  chapter('Arrays');
  note('Anyone may send several frames as one message. Who connects with ?batch=1 gets them so, too; they are told one by one here, since how many stand together is a matter of time.');
  const dave = await Client.open('dave', '/?batch=1');
  dave.send([
    { id: 'd1', action: 'heartbeat' },
    { id: 'd2', action: 'subscribe', payload: { topic: 'd' } },
    { id: 'd3', action: 'publish', payload: { topic: 'd', payload: [1, 2] } },
  ]);
  await dave.gets({ id: 'd1' });
  await dave.gets({ id: 'd2' });
  await dave.gets({ id: 'd3' });
  await dave.gets({ event: 'message' });
  note('A message that is half wrong is read whole before any of it is acted on; the good half is.');
  dave.sendWrong('[{"id":"d4","action":"heartbeat"},7]');
  await dave.gets({ id: 'd4' });
  await dave.gets({ id: null });
  await dave.leaves();
}

async function sessions(alice) {
  chapter('Sessions');
  note('A socket whose first frame asks for a session; then two events that count.');
  const before = await Client.open('heidi');
  const { session } = (await before.asks({ id: '0', action: 'resume' })).payload;
  await before.asks({ id: 'h1', action: 'subscribe', payload: { topic: 'h' } });
  await alice.asks({ id: 'p1', action: 'publish', payload: { topic: 'h', payload: 'first' } });
  await before.gets({ event: 'message' });
  note('It breaks. On the next one heidi says that she has only one of the two: the other comes again, and then what came meanwhile.');
  before.breaks();
  await alice.asks({ id: 'p2', action: 'publish', payload: { topic: 'h', payload: 'second' } });
  const after = await Client.open('heidi');
  await after.asks({ id: '0', action: 'resume', payload: { session, received: 1 } });
  await after.gets({ event: 'message', message: { payload: 'first' } });
  await after.gets({ event: 'message', message: { payload: 'second' } });
  note('She reports three events; more than were sent cannot be.');
  after.send({ action: 'received', payload: { seq: 3 } });
  after.send({ action: 'received', payload: { seq: 30 } });
  await after.gets({ id: null });
  note('The broker reports her frames after 128 more: here 128 signs of life without an id, beside the subscription.');
  after.sendSilently(JSON.stringify(Array.from({ length: 128 }, () => ({ action: 'heartbeat' }))));
  await after.gets({ event: 'received' });
  note('Only the first frame of a socket can ask.');
  await after.asks({ id: 'h2', action: 'resume' });
  await after.leaves();
  note('What she has left is over: the next is new, and begins at nothing.');
  const late = await Client.open('heidi');
  await late.asks({ id: '0', action: 'resume', payload: { session, received: 4 } });
  await late.leaves();
}

async function shutdown(alice, carol) {
  chapter('Shutting down');
  alice.send({ id: 's1', action: 'once', payload: 'still running' });
  const running = (await carol.gets({ event: 'task-assigned' })).task.id;
  note('The broker is told to stop: it takes nothing new, and lets what runs end.');
  tell({ kind: 'stop' });
  while (await status('/healthz/ready') !== 503);
  await alice.asks({ id: 's2', action: 'once' });
  await alice.asks({ id: 's3', action: 'enqueue', payload: { queue: 'pages', payload: 1 } });
  carol.send({ action: 'respond', payload: { taskId: running, event: 'done', final: true } });
  await alice.gets({ id: 's1' });
  await alice.closes();
  await carol.closes();
}

async function main() {
  await connecting();
  const [alice, bob, carol, erin] = await Promise.all(['alice', 'bob', 'carol', 'erin'].map(name => Client.open(name)));
  await theBrokerItself(alice);
  await topics(alice, bob);
  await bob.leaves();
  await requests(alice, carol);
  await failures(alice, carol);
  await queues(alice, erin);
  await erin.leaves();
  await mistakes(alice, carol);
  await arrays();
  await sessions(alice);
  await shutdown(alice, carol);
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
  process.exit();
});
