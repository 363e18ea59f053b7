package dev.neostream.ops.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.neostream.ops.UserError;
import dev.neostream.ops.http.Access;
import dev.neostream.ops.http.ApiError;
import dev.neostream.ops.http.Call;
import dev.neostream.ops.http.LoopbackServer;
import dev.neostream.ops.http.RequestBody;
import dev.neostream.ops.serve.ModelThread.Event;
import dev.neostream.ops.serve.ModelThread.Job;
import dev.neostream.trainer.checkpoint.StoredModel;
import dev.neostream.trainer.generate.CompletionRequest;
import java.io.IOException;
import java.net.BindException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A stored model on loopback:
 *
 * <pre>
 *   POST /v1/completions       OpenAI's, also with logprobs of an echoed prompt
 *   POST /v1/chat/completions  OpenAI's: texts only, one answer
 *   GET  /v1/models            the one model
 *   POST /tokenize             {"prompt": text} -> {"tokens": [...]}
 *   POST /detokenize           {"tokens": [...]} -> {"prompt": text}
 *   GET  /tokenizer_info       what begins and ends a text
 *   GET  /health               without a token
 *   GET  /metrics              for Prometheus, which can send a token too
 * </pre>
 *
 * <p>Requests that wait for the model are bounded too. Every refusal is JSON as OpenAI's errors
 * are.
 */
public final class ModelServer implements AutoCloseable {

  /** All there are. */
  static final List<String> PATHS =
      List.of(
          "/v1/completions",
          "/v1/chat/completions",
          "/v1/models",
          "/tokenize",
          "/detokenize",
          "/tokenizer_info",
          "/health",
          "/metrics");

  /** Requests that may wait for the model. */
  private static final int LINE = 32;

  /** Twice as many threads, so that one is free to say that the line is full. */
  private static final LoopbackServer.Limits LIMITS = new LoopbackServer.Limits(2 * LINE, 2 * LINE);

  private final LoopbackServer http;
  private final ServedModel model;
  private final ModelThread thread;
  private final ServeMetrics metrics;
  private final Access access;
  private final Clock clock;

  private ModelServer(
      LoopbackServer http, ServedModel model, ModelThread thread, Access access, Clock clock) {
    this.http = http;
    this.model = model;
    this.thread = thread;
    metrics = new ServeMetrics(thread);
    this.access = access;
    this.clock = clock;
  }

  /**
   * Loads a model and serves it.
   *
   * @param port on loopback, 0 for any free one
   * @param token what callers must know; empty lets everyone on the machine ask
   * @param threads libtorch threads
   * @throws UserError if the port is taken
   * @throws IOException if the model cannot be loaded
   */
  public static ModelServer start(
      StoredModel model, int port, Optional<String> token, int threads, Clock clock)
      throws IOException, InterruptedException {
    var access = new Access(token);
    LoopbackServer http;
    try {
      http = LoopbackServer.bind("serve", port, LIMITS, access);
    } catch (BindException e) {
      throw new UserError("the port must be free: port=" + port + "; choose another --port", e);
    }
    try {
      ModelThread thread = ModelThread.start(model, threads, LINE);
      var server = new ModelServer(http, ServedModel.of(model), thread, access, clock);
      http.serve(server.new Paths());
      return server;
    } catch (IOException | InterruptedException | RuntimeException e) {
      http.close();
      throw e;
    }
  }

  public int port() {
    return http.port();
  }

  /** Returns what requests call the model. */
  public String model() {
    return model.name();
  }

  /** Ends all requests, those that wait with an error. */
  @Override
  public void close() throws InterruptedException {
    thread.close();
    http.close();
  }

  /** Answers, and counts every answer. */
  private final class Paths implements LoopbackServer.Routes {

    @Override
    public void answer(Call call) throws IOException, InterruptedException {
      route(call);
    }

    @Override
    public void answered(String path, int status) {
      metrics.answered(path, status);
    }
  }

  private void route(Call call) throws IOException, InterruptedException {
    if (!call.path().equals("/health")) {
      access.requireToken(call);
    }
    switch (call.path()) {
      case "/health" -> get(call, Answers.health(thread));
      case "/v1/models" -> get(call, Answers.models(model));
      case "/tokenizer_info" -> get(call, Answers.tokenizer(model));
      case "/tokenize" -> call.json(200, Answers.bytes(tokenize(call.body())));
      case "/detokenize" -> call.json(200, Answers.bytes(detokenize(call.body())));
      case "/v1/completions" -> complete(call);
      case "/v1/chat/completions" -> chat(call);
      case "/metrics" -> {
        call.requireMethod("GET");
        metrics.send(call);
      }
      default ->
          throw ApiError.invalid(
              404,
              null,
              "not_found",
              "there is no such path; paths are " + String.join(", ", PATHS));
    }
  }

  private static void get(Call call, ObjectNode answer) throws IOException {
    call.requireMethod("GET");
    call.json(200, Answers.bytes(answer));
  }

  private ObjectNode tokenize(RequestBody body) {
    model.requireNamed(body);
    int[] ids = model.encode("prompt", body.text("prompt"));
    body.flag("add_special_tokens"); // the tokenizer has none to add
    body.requireNoOthers();
    return Answers.tokens(model, ids);
  }

  private ObjectNode detokenize(RequestBody body) {
    model.requireNamed(body);
    if (!body.field("tokens").isArray()) {
      throw body.range("tokens", "an array of token ids");
    }
    int[] ids = model.ids("tokens", body.field("tokens"));
    body.requireNoOthers();
    return Answers.text(model.tokenizer().decode(ids));
  }

  private void complete(Call call) throws IOException, InterruptedException {
    CompletionCall asked = CompletionCall.read(call.body(), model);
    answer(asked.requests(), new CompletionAnswer(heading("cmpl-"), asked, call));
  }

  private void chat(Call call) throws IOException, InterruptedException {
    ChatCall asked = ChatCall.read(call.body(), model);
    answer(List.of(asked.request()), new ChatAnswer(heading("chatcmpl-"), asked, call));
  }

  private Answers.Heading heading(String kind) {
    return new Answers.Heading(
        kind + UUID.randomUUID(), clock.instant().getEpochSecond(), model.name());
  }

  private void answer(List<CompletionRequest> requests, Answer answer)
      throws IOException, InterruptedException {
    try (var open = metrics.open();
        Job job = thread.submit(requests)) {
      while (true) {
        Event event = job.next();
        if (event instanceof Event.Chunk next) {
          answer.chunk(next.request(), next.chunk());
        } else if (event instanceof Event.Done done) {
          answer.done(done.generated());
          return;
        } else if (event instanceof Event.Failed failed) {
          throw failed.error();
        }
      }
    }
  }
}
