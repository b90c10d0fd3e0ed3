"""What can be set from outside: on the command line, or in the environment as PLAYGROUND_NAME."""
from pathlib import Path
from typing import Annotated

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Positive = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]


class Settings(BaseSettings):
    """Every setting of the server, with its default."""
    model_config = SettingsConfigDict(env_prefix="PLAYGROUND_", extra="ignore")

    host: str = Field("127.0.0.1", description="address to listen on; 0.0.0.0 lets a classroom in")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8765, description="port; the next free one if it is taken")
    browser: bool = Field(True, description="open the page in a browser")
    labs: Path | None = Field(None, description="a folder with more labs")
    data_dir: Path = Field(default_factory=lambda: user_data_path("neural-playground", appauthor=False),
                           description="where sessions are kept")
    allowed_hosts: list[str] = Field([], description="more names this server may be called by, such as a proxy's")

    max_sessions: Positive = Field(250, description="sessions held at a time")
    max_connections: Positive = Field(300, description="open sockets in all")
    max_connections_per_address: Positive = Field(120, description="open sockets of one address (schools share one)")
    max_parameters: Positive = Field(1_000_000, description="parameters of one network")
    max_points: Positive = Field(20_000, description="examples of one data set")
    max_painted: Positive = Field(5_000, description="points painted by hand")
    max_steps: Positive = Field(1_000_000, description="training steps of one command")
    max_csv_bytes: Positive = Field(2_000_000, description="size of a CSV file")
    max_weights_bytes: Positive = Field(20_000_000, description="size of a file of weights")

    workers: Positive | None = Field(None, description="training threads; as many as processors by default")
    message_rate: Annotated[float, Field(gt=0)] = Field(60.0, description="commands a second from one page")
    message_burst: Positive = Field(160, description="commands at once from one page")
    checkpoint_seconds: Seconds = Field(4.0, description="between checkpoints of a session in training")
    pause_seconds: Seconds = Field(60.0, description="after which a session nobody looks at rests")
    idle_seconds: Seconds = Field(900.0, description="after which it leaves the memory")
    forget_seconds: Seconds = Field(86_400.0, description="after which its checkpoint is removed")
    stall_seconds: Seconds = Field(5.0, description="after which a page that reads nothing is cut off")
    request_seconds: Seconds = Field(5.0, description="in which a connection must say what it wants")

    @property
    def sessions_dir(self):
        """Where checkpoints lie."""
        return self.data_dir / "sessions"
