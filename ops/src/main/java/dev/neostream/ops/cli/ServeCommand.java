package dev.neostream.ops.cli;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.ops.UserError;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.serve.ModelServer;
import dev.neostream.trainer.checkpoint.StoredModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves a checkpoint until it is stopped. */
@Command(
    name = "serve",
    description = {
      "Serve a model over HTTP on loopback as OpenAI's completions and chat completions, until",
      "Ctrl-C; /metrics is for Prometheus. Every token is computed from the whole text before it:",
      "for evaluation and for trying, not for many users."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  ops/neo serve --dir my-run",
      "  ops/neo serve --checkpoint my-run/checkpoints/step-00000599 --port 8001",
      "  curl localhost:8000/v1/completions -H 'Content-Type: application/json' \\",
      "    -d '{\"prompt\": \"The\", \"max_tokens\": 20, \"temperature\": 0}'",
      "  curl localhost:8000/v1/chat/completions -H 'Content-Type: application/json' \\",
      "    -d '{\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}], \"max_tokens\": 20}'"
    })
final class ServeCommand implements Callable<Integer> {

  private static final int HIGHEST_PORT = 65_535;
  private static final int MAX_TOKEN_BYTES = 1024;
  private static final Pattern TOKEN = Pattern.compile("[!-~]{8,}");
  private static final long LOOK_EVERY_MS = 100;

  @Spec private CommandSpec command;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "A run's checkpoint, step-NNNNNNNN.")
  private Path checkpoint;

  @Option(
      names = "--dir",
      paramLabel = "RUN",
      description = "A run, whose newest checkpoint is served (default: run).")
  private Path dir;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port on loopback; 0 takes a free one (default: ${DEFAULT-VALUE}).",
      defaultValue = "8000")
  private int port;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with a secret; requests must have `Authorization: Bearer SECRET`.")
  private Path tokenFile;

  @Override
  public Integer call() throws InterruptedException {
    OptionRule.require(port >= 0 && port <= HIGHEST_PORT, "--port", "0 to " + HIGHEST_PORT, port);
    if (checkpoint != null && dir != null) {
      throw UserError.usage("one of --checkpoint and --dir must be given, not both");
    }
    Optional<String> token = Optional.ofNullable(tokenFile).map(ServeCommand::token);
    Stored stored = checkpoint == null ? newest() : named();
    PrintWriter out = command.commandLine().getOut();
    AtomicBoolean stop = Interrupts.listen(() -> {});
    try {
      StoredModel model = StoredModel.read(stored);
      int threads = Runtime.getRuntime().availableProcessors();
      try (var server = ModelServer.start(model, port, token, threads, Clock.systemUTC())) {
        out.printf(
            "Serving %s, a context of %d tokens%s, at http://127.0.0.1:%d/v1%n",
            server.model(),
            model.config().maxSequence(),
            token.isPresent() ? ", to who knows the token" : "",
            server.port());
        out.flush();
        while (!stop.get()) {
          Thread.sleep(LOOK_EVERY_MS);
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError("the checkpoint must be readable: " + e.getMessage(), e);
    }
    return Interrupts.EXIT_CODE;
  }

  private Stored newest() {
    RunFolder folder = RunOption.folder(dir == null ? Path.of("run") : dir);
    try {
      return new CheckpointStore(folder.checkpoints())
          .newest()
          .orElseThrow(
              () -> UserError.notReady("the folder must hold a checkpoint: dir=" + folder.root()));
    } catch (IOException e) {
      throw new UserError("checkpoints must be readable: " + e.getMessage(), e);
    }
  }

  private Stored named() {
    try {
      return CheckpointStore.open(checkpoint);
    } catch (IOException e) {
      throw UserError.usage("--checkpoint: " + e.getMessage());
    }
  }

  /** Returns the secret that a file holds. */
  static String token(Path file) {
    String secret;
    try (InputStream in = Files.newInputStream(file)) {
      secret = new String(in.readNBytes(MAX_TOKEN_BYTES + 1), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw UserError.usage("--token-file must be a readable file: token-file=" + file);
    }
    if (!TOKEN.matcher(secret).matches() || secret.length() > MAX_TOKEN_BYTES) {
      throw UserError.usage(
          "--token-file must hold 8 to "
              + MAX_TOKEN_BYTES
              + " visible ASCII characters in one line: token-file="
              + file);
    }
    return secret;
  }
}
