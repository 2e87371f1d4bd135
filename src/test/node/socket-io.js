// Opens and closes clients of the real socket.io-client as it is told, one JSON command a line, and
// says what each of them hears, one JSON line each.
const readline = require("node:readline");
const { io } = require("socket.io-client");

const clients = new Map();

function say(client, event, detail) {
    console.log(JSON.stringify({ client, event, detail: detail ?? null }));
}

const commands = {
    open({ client, url, options }) {
        const socket = io(url, { forceNew: true, reconnectionDelay: 50, ...options });
        clients.set(client, socket);
        socket.on("connect", () => say(client, "connect", socket.io.engine.transport.name));
        socket.on("disconnect", (reason) => say(client, "disconnect", reason));
        socket.on("connect_error", (error) => say(client, "connect_error", error.message));
        socket.onAny((event, ...values) => say(client, event, values.length ? values : null));
        socket.io.on("open", () => {
            socket.io.engine.on("upgrade", (transport) => say(client, "upgrade", transport.name));
        });
    },
    watch({ client, paymentId }) {
        clients.get(client).emit("watch", paymentId, (answer) => say(client, "ack", answer));
    },
    emit({ client, values }) {
        clients.get(client).emit(...values);
    },
    connect({ client }) {
        clients.get(client).connect();
    },
    disconnect({ client }) {
        clients.get(client).disconnect();
    },
    disconnectAll() {
        clients.forEach((socket) => socket.disconnect());
        clients.clear();
    },
    // As a line that breaks: without a word.
    cut({ client }) {
        clients.get(client).io.engine.close();
    },
};

readline
    .createInterface({ input: process.stdin })
    .on("line", (line) => {
        const command = JSON.parse(line);
        commands[command.do](command);
    })
    .on("close", () => process.exit(0));
