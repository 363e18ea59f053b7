package dev.neostream.ops.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.neostream.ops.UserError;
import dev.neostream.ops.serve.ModelThread.Event;
import dev.neostream.ops.serve.ModelThread.Job;
import dev.neostream.trainer.checkpoint.StoredModel;
import dev.neostream.trainer.generate.CompletionChunk;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stored model on loopback:
 *
 * <pre>
 *   POST /v1/completions   OpenAI's, also with logprobs of an echoed prompt
 *   GET  /v1/models        the one model
 *   POST /tokenize         {"prompt": text} -> {"tokens": [...]}
 *   POST /detokenize       {"tokens": [...]} -> {"prompt": text}
 *   GET  /tokenizer_info   what begins and ends a text
 *   GET  /health           without a token
 * </pre>
 *
 * <p>Whoever is on the machine can connect, so nothing grows without a bound: threads, connections
 * that wait for one, requests that wait for the model, bytes of a body, the time of a request and
 * of every write. Every refusal is JSON as OpenAI's errors are.
 */
public final class ModelServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ModelServer.class);

  /** Longest body, bytes. */
  static final int MAX_BODY = 1 << 20;

  /** What is read of a longer body before it is refused, so that its sender reads the answer. */
  private static final int MAX_DISCARDED = 8 << 20;

  /** Requests that may wait for the model. */
  private static final int LINE = 32;

  /** Twice as many, so that one is free to say that the line is full. */
  private static final int THREADS = 2 * LINE;

  private static final int WAITING_CONNECTIONS = 64;

  private static final Duration WRITE_LIMIT = Duration.ofSeconds(30);

  static {
    // The JDK reads these when the first server of the process is made. The first is seconds from
    // a connection's first byte to the end of its request. Without the second, the kernel keeps
    // an answer's body, and every event of a stream, for 40 ms after what was sent before.
    setUnlessGiven("sun.net.httpserver.maxReqTime", "30");
    setUnlessGiven("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer http;
  private final ServedModel model;
  private final ModelThread thread;
  private final Access access;
  private final Clock clock;
  private final ThreadPoolExecutor handlers;
  private final ScheduledThreadPoolExecutor deadlines;

  private ModelServer(
      HttpServer http, ServedModel model, ModelThread thread, Access access, Clock clock) {
    this.http = http;
    this.model = model;
    this.thread = thread;
    this.access = access;
    this.clock = clock;
    handlers =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_CONNECTIONS),
            task -> daemon(task, "serve"));
    deadlines = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "serve-deadlines"));
    deadlines.setRemoveOnCancelPolicy(true);
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
    HttpServer http;
    try {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (BindException e) {
      throw new UserError("the port must be free: port=" + port + "; choose another --port", e);
    }
    try {
      ModelThread thread = ModelThread.start(model, threads, LINE);
      var server = new ModelServer(http, ServedModel.of(model), thread, new Access(token), clock);
      http.setExecutor(server.handlers);
      http.createContext("/", server::handle);
      http.start();
      return server;
    } catch (IOException | InterruptedException | RuntimeException e) {
      http.stop(0);
      throw e;
    }
  }

  private static void setUnlessGiven(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static Thread daemon(Runnable task, String name) {
    var thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  public int port() {
    return http.getAddress().getPort();
  }

  /** Returns what requests call the model. */
  public String model() {
    return model.name();
  }

  /** Ends all requests, those that wait with an error. */
  @Override
  public void close() throws InterruptedException {
    thread.close();
    http.stop(0);
    handlers.shutdownNow();
    deadlines.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    var reply = new Reply(exchange, deadlines, WRITE_LIMIT);
    try {
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      access.requireLocal(exchange);
      route(exchange, reply);
    } catch (ApiError e) {
      refuse(exchange, reply, e);
    } catch (InterruptedException e) {
      refuse(exchange, reply, ApiError.unavailable("the server is stopping"));
    } catch (IOException e) {
      LOG.debug("a connection ended early", e);
    } catch (RuntimeException e) {
      LOG.error("a request could not be answered", e);
      refuse(exchange, reply, ApiError.failed("the server failed"));
    } finally {
      exchange.close();
    }
  }

  private static void refuse(HttpExchange exchange, Reply reply, ApiError error)
      throws IOException {
    if (reply.streams()) {
      reply.event(Answers.error(error));
      return;
    }
    switch (error.status()) {
      case 401 -> exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
      case 413 -> exchange.getResponseHeaders().set("Connection", "close");
      case 503 -> exchange.getResponseHeaders().set("Retry-After", "1");
      default -> {}
    }
    reply.send(error.status(), Answers.error(error));
  }

  private void route(HttpExchange exchange, Reply reply) throws IOException, InterruptedException {
    String path = exchange.getRequestURI().getPath();
    if (!path.equals("/health")) {
      access.requireToken(exchange);
    }
    switch (path) {
      case "/health" -> get(exchange, reply, Answers.health(thread));
      case "/v1/models" -> get(exchange, reply, Answers.models(model));
      case "/tokenizer_info" -> get(exchange, reply, Answers.tokenizer(model));
      case "/tokenize" -> reply.send(200, tokenize(body(exchange)));
      case "/detokenize" -> reply.send(200, detokenize(body(exchange)));
      case "/v1/completions" -> complete(CompletionCall.read(body(exchange), model), reply);
      default ->
          throw ApiError.invalid(
              404,
              null,
              "not_found",
              "there is no such path; paths are /v1/completions, /v1/models, /tokenize,"
                  + " /detokenize, /tokenizer_info, /health");
    }
  }

  private static void get(HttpExchange exchange, Reply reply, ObjectNode answer)
      throws IOException {
    requireMethod(exchange, "GET");
    reply.send(200, answer);
  }

  private static void requireMethod(HttpExchange exchange, String method) {
    if (!exchange.getRequestMethod().equals(method)) {
      exchange.getResponseHeaders().set("Allow", method);
      throw ApiError.invalid(
          405, null, "method_not_allowed", "the method of this path must be " + method);
    }
  }

  private static RequestBody body(HttpExchange exchange) throws IOException {
    requireMethod(exchange, "POST");
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    // Also what a browser does not send to another site without asking it first.
    if (type == null
        || !type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("application/json")) {
      throw ApiError.invalid(
          415, null, "unsupported_media_type", "the Content-Type must be application/json");
    }
    InputStream in = exchange.getRequestBody();
    byte[] body = in.readNBytes(MAX_BODY + 1);
    if (body.length > MAX_BODY) {
      discard(in);
      throw ApiError.invalid(
          413, null, "body_too_large", "a body must have at most " + MAX_BODY + " bytes");
    }
    return RequestBody.parse(body);
  }

  private static void discard(InputStream in) throws IOException {
    byte[] buffer = new byte[MAX_BODY];
    int left = MAX_DISCARDED;
    int read = 0;
    while (left > 0 && read >= 0) {
      read = in.read(buffer);
      left -= read;
    }
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

  private void complete(CompletionCall call, Reply reply) throws IOException, InterruptedException {
    var heading =
        new Answers.Heading(
            "cmpl-" + UUID.randomUUID(), clock.instant().getEpochSecond(), model.name());
    List<List<CompletionChunk>> chunks = new ArrayList<>();
    call.requests().forEach(request -> chunks.add(new ArrayList<>()));
    try (Job job = thread.submit(call.requests())) {
      while (true) {
        Event event = job.next();
        if (event instanceof Event.Chunk next) {
          if (call.stream()) {
            reply.event(Answers.chunk(heading, next.request(), next.chunk()));
          } else {
            chunks.get(next.request()).add(next.chunk());
          }
        } else if (event instanceof Event.Done done) {
          if (call.stream()) {
            reply.done();
          } else {
            reply.send(
                200, Answers.completions(heading, call.requests(), chunks, done.generated()));
          }
          return;
        } else if (event instanceof Event.Failed failed) {
          throw failed.error();
        }
      }
    }
  }
}
