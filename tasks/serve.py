"""The process of a Prefect server: ``python -m tasks.serve LISTENER standing`` or ``… single-run``.

LISTENER is the descriptor of a listening socket that the parent holds, so that nobody is turned away while
this process starts.
"""

import socket
import sys

from tasks.process import end_with_parent, importing

with importing():
    import uvicorn
    from prefect.server.api.server import create_app
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


def main() -> None:
    """Serve until terminated, or until the parent is gone."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    end_with_parent()
    app = create_app(ephemeral=sys.argv[2] == "single-run", final=True)
    config = uvicorn.Config(confined(app, listener.getsockname()[1]), log_level="warning", timeout_graceful_shutdown=5)
    uvicorn.Server(config).run(sockets=[listener])


def confined(app: ASGIApp, port: int) -> ASGIApp:
    """Have browsers ask nobody but this server: the UI calls an analytics service whatever the settings say."""
    here = f"'self' http://127.0.0.1:{port} ws://127.0.0.1:{port}"
    policy = f"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src {here}"

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"content-security-policy", policy.encode())]
            await send(message)

        await app(scope, receive, send_with_policy)

    return answer


if __name__ == "__main__":
    main()
