package dev.neostream.ops.page;

import dev.neostream.ops.Json;
import dev.neostream.ops.explain.DocumentHistory;
import dev.neostream.ops.http.Access;
import dev.neostream.ops.http.ApiError;
import dev.neostream.ops.http.Call;
import dev.neostream.ops.http.LoopbackServer;
import dev.neostream.schemas.topic.KafkaConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page of a run on loopback, and what it is made of:
 *
 * <pre>
 *   GET  /                     the page and its files, which tell nothing of the run
 *   GET  /api/status           as status.json
 *   GET  /api/events           the same whenever it changes, as server-sent events
 *   GET  /api/history          {@link HistoryView}
 *   GET  /api/rejects          the last rejects, the newest first
 *   GET  /api/document?id=     what the run did with a document
 *   GET  /api/mixture          {@link MixtureView}
 *   POST /api/mixture/preview  the same under other weights; changes nothing
 *   POST /api/mixture          other weights from the next step on
 *   POST /api/mixture/undo     the plan before this one, as a new version
 * </pre>
 *
 * <p>Whatever tells of the run or changes it needs the run's token: documents are for the user who
 * started it alone, and whoever is on the machine can connect.
 */
public final class LivePage implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LivePage.class);

  /** Beside that of {@code /metrics}; a second run on the machine takes a free one. */
  private static final int PORT = 9465;

  /** Watchers at a time, each of which keeps a thread. */
  static final int MOST_STREAMS = 8;

  private static final LoopbackServer.Limits LIMITS =
      new LoopbackServer.Limits(MOST_STREAMS + 8, 32);

  /** After so long without news a watcher is told again, so that one who has gone is noticed. */
  private static final long BEAT_MS = 10_000;

  private static final long CLOSE_MS = 2_000;

  private static final Pattern DOCUMENT = Pattern.compile("[0-9a-f]{32}");

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final Map<String, Asset> ASSETS =
      Map.of(
          "/", Asset.read("index.html", "text/html; charset=utf-8"),
          "/page.css", Asset.read("page.css", "text/css; charset=utf-8"),
          "/page.js", Asset.read("page.js", "text/javascript; charset=utf-8"),
          "/chart.js", Asset.read("chart.js", "text/javascript; charset=utf-8"),
          "/icon.svg", Asset.read("icon.svg", "image/svg+xml"));

  private record Asset(String mediaType, byte[] bytes) {

    static Asset read(String name, String mediaType) {
      try (InputStream in = LivePage.class.getResourceAsStream("/page/" + name)) {
        return new Asset(mediaType, in.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final LoopbackServer http;
  private final Access access;
  private final String token;
  private final RunFacts facts;
  private final LiveRun run;
  private final MixtureDesk desk;
  private final Semaphore streams = new Semaphore(MOST_STREAMS);
  private final Semaphore reading = new Semaphore(1);

  private LivePage(LoopbackServer http, Access access, String token, RunFacts facts, LiveRun run) {
    this.http = http;
    this.access = access;
    this.token = token;
    this.facts = facts;
    this.run = run;
    desk = new MixtureDesk(facts, run, System.getProperty("user.name") + " (page)");
  }

  /**
   * Serves the page of a run, on port 9465 if that is free.
   *
   * @param token what its user must know
   * @throws UncheckedIOException if there is no port at all
   */
  public static LivePage serve(RunFacts facts, LiveRun run, String token) {
    var access = new Access(Optional.of(token));
    try {
      var page = new LivePage(bind(access), access, token, facts, run);
      page.http.serve(page::answer);
      return page;
    } catch (IOException e) {
      throw new UncheckedIOException("the run's page must have a port on loopback", e);
    }
  }

  private static LoopbackServer bind(Access access) throws IOException {
    try {
      return LoopbackServer.bind("page", PORT, LIMITS, access);
    } catch (BindException taken) {
      return LoopbackServer.bind("page", 0, LIMITS, access);
    }
  }

  public int port() {
    return http.port();
  }

  /**
   * Returns the page's address. The token is in the part that a browser keeps to itself: it stands
   * in no log and in no header.
   */
  public String url() {
    return "http://127.0.0.1:" + port() + "/#" + token;
  }

  /** Tells all watchers the last of the run and ends. */
  @Override
  public void close() throws InterruptedException {
    run.end();
    if (!streams.tryAcquire(MOST_STREAMS, CLOSE_MS, TimeUnit.MILLISECONDS)) {
      LOG.debug("a watcher did not take the last state");
    }
    http.close();
  }

  private void answer(Call call) throws IOException, InterruptedException {
    protect(call);
    access.requireOwnPage(call);
    Asset asset = ASSETS.get(call.path());
    if (asset != null) {
      call.requireMethod("GET");
      call.send(200, asset.mediaType, asset.bytes);
      return;
    }
    access.requireToken(call);
    switch (call.path()) {
      case "/api/status" -> get(call, run.status());
      case "/api/history" -> get(call, HistoryView.of(facts, run.moment()));
      case "/api/rejects" -> get(call, run.moment().timeline().rejects());
      case "/api/events" -> watch(call);
      case "/api/document" -> document(call);
      case "/api/mixture/preview" -> json(call, desk.preview(call.body()));
      case "/api/mixture/undo" -> json(call, desk.undo(call.body()));
      case "/api/mixture" -> {
        if (call.isMethod("GET")) {
          json(call, desk.view());
        } else {
          json(call, desk.apply(call.body()));
        }
      }
      default -> throw ApiError.invalid(404, null, "not_found", "there is no such path");
    }
  }

  /** Says what a browser may do with the answer: nothing but show it to this page. */
  private static void protect(Call call) {
    call.answerHeader("Content-Security-Policy", POLICY);
    call.answerHeader("X-Frame-Options", "DENY");
    call.answerHeader("Referrer-Policy", "no-referrer");
    call.answerHeader("Cross-Origin-Opener-Policy", "same-origin");
    call.answerHeader("Cross-Origin-Resource-Policy", "same-origin");
    call.answerHeader("Cache-Control", "no-store");
  }

  private static void get(Call call, Object answer) throws IOException {
    call.requireMethod("GET");
    json(call, answer);
  }

  private static void json(Call call, Object answer) throws IOException {
    call.json(200, Json.line(answer));
  }

  private void watch(Call call) throws IOException, InterruptedException {
    call.requireMethod("GET");
    if (!streams.tryAcquire()) {
      throw ApiError.unavailable("too many are watching: most=" + MOST_STREAMS);
    }
    run.watchers(1);
    try {
      LiveRun.Moment moment = run.moment();
      call.event(Json.line(moment.status()));
      while (!moment.ended()) {
        moment = run.await(moment.version(), BEAT_MS);
        call.event(Json.line(moment.status()));
      }
      call.end();
    } finally {
      run.watchers(-1);
      streams.release();
    }
  }

  /** Reading topics from their start is long work: for one at a time. */
  private void document(Call call) throws IOException {
    call.requireMethod("GET");
    String id =
        call.parameter("id")
            .filter(given -> DOCUMENT.matcher(given).matches())
            .orElseThrow(
                () -> ApiError.invalid("id", "id must be a document's: 32 hexadecimal digits"));
    KafkaConnection connection =
        run.connection()
            .orElseThrow(() -> ApiError.unavailable("the run must be running to be asked"));
    if (!reading.tryAcquire()) {
      throw ApiError.unavailable("another document is being looked for");
    }
    try {
      json(
          call,
          new DocumentView(
              id, DocumentHistory.of(connection, List.of(id)).getOrDefault(id, List.of())));
    } finally {
      reading.release();
    }
  }

  private record DocumentView(String id, List<String> history) {}
}
