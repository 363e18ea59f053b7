package dev.neostream.ops.page;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.ops.http.Call;
import dev.neostream.ops.monitor.RunMonitor;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.monitor.StepFiles;
import dev.neostream.ops.monitor.Timeline;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.schemas.topic.TopicWriter;
import dev.neostream.tokens.mixture.LearningRate;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.Phase;
import dev.neostream.tokens.mixture.SequencerSettings;
import dev.neostream.tokens.topic.HeldOutCounts;
import dev.neostream.tokens.topic.MixtureControl;
import dev.neostream.tokens.topic.MixtureSequencer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page of a run whose broker and sequencer are real, asked over sockets. */
@Timeout(120)
class LivePageTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOKEN = "open-sesame";
  private static final String BEARER = "Authorization: Bearer " + TOKEN + "\r\n";
  private static final String TYPE = "Content-Type: application/json\r\n";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String NAUGHTY = "<script>alert(1)</script>\u001b[31m\u202e\"'&";
  private static final String ID = "0123456789abcdef0123456789abcdef";

  private static final RunFacts FACTS =
      new RunFacts(
          "demo",
          List.of("code", "en.web", "zh.web"),
          4,
          100,
          false,
          new MixturePlan(
              List.of(
                  new Phase(
                      "first",
                      10,
                      new TreeMap<>(Map.of("code", 1.0, "en.web", 3.0)),
                      LearningRate.cosine(1e-3, 1e-4, 2)),
                  new Phase(
                      "second",
                      10,
                      new TreeMap<>(Map.of("code", 1.0)),
                      LearningRate.cosine(1e-3, 1e-4, 0)))));

  @TempDir static Path folder;

  private static EmbeddedBroker broker;
  private static KafkaConnection connection;
  private static MixtureSequencer sequencer;
  private static TopicReader<MixtureUpdate> proposals;
  private static RunMonitor monitor;
  private static LiveRun run;
  private static LivePage page;

  @BeforeAll
  static void serve() {
    broker = EmbeddedBroker.start(folder.resolve("kafka"));
    connection = broker.connection(new Topics("demo"));
    TopicAdmin.create(connection, connection.topics().all(FACTS.domains(), 1, 1, 1));
    sequencer =
        new MixtureSequencer(
            connection,
            new SequencerSettings(FACTS.domains(), 1, FACTS.rows(), 4),
            PATIENCE,
            folder.resolve("streams"));
    sequencer.start();
    new MixtureControl(connection)
        .propose(FACTS.firstPlan().toUpdate(0, "test", "first plan", 1), PATIENCE);
    for (int block = 0; block < 3; block++) {
      write(
          connection.topics().tokenIndex(),
          TokenIndex.class,
          new TokenIndex("code", 0, (long) block, 100, 7L, false));
    }
    write(
        connection.topics().tokenIndex(),
        TokenIndex.class,
        new TokenIndex("en.web", 0, 0L, 100, 7L, false));
    write(
        connection.topics().rejectedDocuments(),
        RejectedDocument.class,
        new RejectedDocument(
            ID,
            7L,
            "crawl",
            NAUGHTY,
            "f",
            9L,
            "clean",
            "c4.lines",
            NAUGHTY,
            ">= 3",
            "en",
            "en.web",
            ""));
    proposals =
        new TopicReader<>(connection, connection.topics().mixturePlans(), MixtureUpdate.class);
    monitor =
        new RunMonitor(
            connection,
            List.of(Stage.DEDUP),
            20,
            new HeldOutCounts(List.of("code"), 2),
            new StepFiles(folder.resolve("metrics.jsonl"), folder.resolve("tensorboard")));
    run = new LiveRun(Status.starting(20));
    page = LivePage.serve(FACTS, run, TOKEN);
    run.connect(connection);
    look();
  }

  private static <T extends SpecificRecordBase> void write(String topic, Class<T> type, T record) {
    try (var writer = new TopicWriter<>(connection, topic, type)) {
      writer.write(record);
    }
  }

  /** What the supervisor does twice a second. */
  private static void look() {
    Status status = monitor.refresh();
    run.show(status, monitor.timeline());
  }

  @AfterAll
  static void close() throws InterruptedException {
    page.close();
    monitor.close();
    proposals.close();
    sequencer.close();
    broker.close();
  }

  private record Answer(int status, String head, String body) {

    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new AssertionError(body, e);
      }
    }
  }

  private static Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), page.port());
  }

  private static String host() {
    return "Host: 127.0.0.1:" + page.port() + "\r\n";
  }

  /** Sends the bytes of a request and reads all that is answered until the connection ends. */
  private static Answer send(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      int end = answer.indexOf("\r\n\r\n");
      return new Answer(
          Integer.parseInt(answer.split(" ", 3)[1]),
          answer.substring(0, end),
          answer.substring(end + 4));
    }
  }

  private static String request(String method, String path, String headers, String body) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nConnection: close\r\n"
        + headers
        + (body.isEmpty() ? "" : "Content-Length: " + body.getBytes(UTF_8).length + "\r\n")
        + "\r\n"
        + body;
  }

  private static Answer get(String path) throws IOException {
    return send(request("GET", path, host() + BEARER, ""));
  }

  private static Answer post(String path, String body) throws IOException {
    return send(request("POST", path, host() + BEARER + TYPE, body.replace('\'', '"')));
  }

  private static int version() {
    return new MixtureControl(connection).inForce().orElseThrow().getVersion();
  }

  /**
   * A request that must be refused.
   *
   * @param headers but Host where {@code host} is given
   */
  private record Refused(
      int status, String why, String method, String path, String headers, String body) {

    @Override
    public String toString() {
      return status + " " + why;
    }
  }

  private static Refused apply(int status, String why, String headers, String body) {
    return new Refused(status, why, "POST", "/api/mixture", headers, body.replace('\'', '"'));
  }

  static Stream<Refused> refusals() {
    String good = "{'version': 1, 'weights': {'code': 1, 'en.web': 1}, 'reason': 'r'}";
    String own = host() + BEARER + TYPE;
    List<Refused> cases = new ArrayList<>();
    cases.add(apply(401, "no token", host() + TYPE, good));
    cases.add(apply(401, "wrong token", host() + TYPE + "Authorization: Bearer no\r\n", good));
    cases.add(
        apply(401, "token in no scheme", host() + TYPE + "Authorization: open-sesame\r\n", good));
    cases.add(
        apply(401, "token nearly", host() + TYPE + "Authorization: Bearer open-sesam\r\n", good));
    cases.add(
        new Refused(
            401,
            "token in the query",
            "POST",
            "/api/mixture?token=" + TOKEN,
            host() + TYPE,
            good.replace('\'', '"')));
    for (String path :
        List.of("/api/status", "/api/history", "/api/rejects", "/api/events", "/api/mixture")) {
      cases.add(new Refused(401, "reading " + path + " without token", "GET", path, host(), ""));
    }
    cases.add(
        new Refused(401, "a document without token", "GET", "/api/document?id=" + ID, host(), ""));
    cases.add(apply(403, "a rebinding name", "Host: evil.example\r\n" + BEARER + TYPE, good));
    cases.add(
        apply(
            403,
            "a name that begins well",
            "Host: 127.0.0.1.evil.example\r\n" + BEARER + TYPE,
            good));
    cases.add(apply(403, "no name", "Host: \r\n" + BEARER + TYPE, good));
    cases.add(
        new Refused(
            403, "the page itself by a foreign name", "GET", "/", "Host: a.example\r\n", ""));
    cases.add(apply(403, "another site", own + "Origin: http://evil.example\r\n", good));
    cases.add(apply(403, "a site without name", own + "Origin: null\r\n", good));
    cases.add(apply(403, "another port", own + "Origin: http://127.0.0.1:1\r\n", good));
    cases.add(apply(403, "https", own + "Origin: https://127.0.0.1:" + page.port() + "\r\n", good));
    cases.add(apply(403, "the browser says so", own + "Sec-Fetch-Site: cross-site\r\n", good));
    cases.add(apply(403, "another port of this host", own + "Sec-Fetch-Site: same-site\r\n", good));
    cases.add(
        new Refused(
            403, "reading for another site", "GET", "/api/status", own + "Origin: null\r\n", ""));
    cases.add(apply(415, "a form", host() + BEARER + "Content-Type: text/plain\r\n", good));
    cases.add(apply(415, "no type", host() + BEARER, good));
    cases.add(apply(413, "a body too large", own, " ".repeat(Call.MAX_BODY + 1)));
    cases.add(apply(400, "no JSON", own, "{'version': 1"));
    cases.add(apply(400, "no object", own, "[1]"));
    cases.add(apply(400, "no weights", own, "{'version': 1, 'reason': 'r'}"));
    cases.add(apply(400, "no reason", own, "{'version': 1, 'weights': {'code': 1}}"));
    cases.add(
        apply(400, "blank reason", own, "{'version': 1, 'weights': {'code': 1}, 'reason': ' '}"));
    cases.add(
        apply(
            400,
            "long reason",
            own,
            "{'version': 1, 'weights': {'code': 1}, 'reason': '" + "x".repeat(201) + "'}"));
    cases.add(apply(400, "no version", own, "{'weights': {'code': 1}, 'reason': 'r'}"));
    cases.add(
        apply(400, "version 0", own, "{'version': 0, 'weights': {'code': 1}, 'reason': 'r'}"));
    for (String weights :
        List.of(
            "{}",
            "{'code': 0}",
            "{'code': -1}",
            "{'code': 1e7}",
            "{'code': 'x'}",
            "{'code': null}",
            "{'other': 1}",
            "[1]",
            "{'code': 1, 'code': 2}")) {
      cases.add(
          apply(
              400,
              "weights " + weights,
              own,
              "{'version': 1, 'weights': " + weights + ", 'reason': 'r'}"));
    }
    cases.add(
        apply(
            400,
            "a domain without tokens, for which training would wait",
            own,
            "{'version': 1, 'weights': {'code': 1, 'zh.web': 1}, 'reason': 'r'}"));
    cases.add(
        apply(
            400,
            "a field that there is not",
            own,
            "{'version': 1, 'weights': {'code': 1}, 'reason': 'r', 'force': true}"));
    cases.add(
        apply(
            409,
            "a version that is not in force",
            own,
            "{'version': 77, 'weights': {'code': 1}, 'reason': 'r'}"));
    cases.add(
        new Refused(
            409,
            "undoing the first plan",
            "POST",
            "/api/mixture/undo",
            own,
            "{\"version\": 1, \"reason\": \"r\"}"));
    cases.add(new Refused(405, "PUT", "PUT", "/api/mixture", own, good.replace('\'', '"')));
    cases.add(new Refused(405, "GET of an undo", "GET", "/api/mixture/undo", own, ""));
    cases.add(new Refused(405, "POST of the status", "POST", "/api/status", own, "{}"));
    cases.add(new Refused(405, "POST of the page", "POST", "/", own, "{}"));
    cases.add(new Refused(404, "no such path", "GET", "/api/nothing", own, ""));
    cases.add(new Refused(404, "a way out", "GET", "/../page/page.js", own, ""));
    cases.add(new Refused(400, "no id", "GET", "/api/document", own, ""));
    cases.add(new Refused(400, "a strange id", "GET", "/api/document?id=%3Cb%3E", own, ""));
    cases.add(new Refused(400, "a broken id", "GET", "/api/document?id=%zz", own, ""));
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void shouldRefuseWithoutEffect(Refused refused) throws IOException {
    proposals.readToEnd();

    Answer answer = send(request(refused.method, refused.path, refused.headers, refused.body));

    assertEquals(refused.status, answer.status, answer.body);
    assertFalse(answer.body.contains(TOKEN), answer.body);
    assertEquals(List.of(), proposals.readToEnd());
  }

  @Test
  void shouldGiveThePageToWhoeverAsksAndNothingOfTheRunWithIt() throws IOException {
    for (String path : List.of("/", "/page.js", "/chart.js", "/page.css", "/icon.svg")) {
      Answer answer = send(request("GET", path, host(), ""));

      assertEquals(200, answer.status, path);
      String head = answer.head.toLowerCase(Locale.ROOT);
      assertTrue(head.contains("content-security-policy: default-src 'none'; script-src 'self'"));
      assertTrue(head.contains("frame-ancestors 'none'"), head);
      assertTrue(head.contains("x-content-type-options: nosniff"), head);
      assertTrue(head.contains("x-frame-options: deny"), head);
      assertTrue(head.contains("referrer-policy: no-referrer"), head);
      assertTrue(head.contains("cross-origin-resource-policy: same-origin"), head);
      assertTrue(head.contains("cache-control: no-store"), head);
      assertFalse(answer.body.contains("unsafe-"), path);
      assertFalse(answer.body.contains("innerHTML"), path);
      assertEquals(
          List.of(),
          Pattern.compile("https?://[^\"]+")
              .matcher(answer.body)
              .results()
              .map(MatchResult::group)
              .filter(url -> !url.equals("http://www.w3.org/2000/svg"))
              .toList(),
          path);
    }
    assertTrue(page.url().endsWith("/#" + TOKEN), page.url());
  }

  @Test
  void shouldSendStrangersWordsAsJsonAndNothingElse() throws IOException {
    Answer answer = get("/api/rejects");

    assertEquals(200, answer.status);
    assertTrue(answer.head.contains("application/json"), answer.head);
    assertEquals(NAUGHTY, answer.json().get(0).path("document").asText());
    assertEquals(NAUGHTY, answer.json().get(0).path("value").asText());
    assertEquals("clean", answer.json().get(0).path("stage").asText());
    assertFalse(answer.body.contains("\u001b"), answer.body);
    JsonNode document = get("/api/document?id=" + ID).json();
    assertEquals(1, document.path("history").size());
    assertTrue(document.path("history").get(0).asText().contains("rejected by clean, c4.lines"));
  }

  @Test
  void shouldTellWhatStatusJsonTells() throws IOException {
    JsonNode status = get("/api/status").json();

    assertEquals("running", status.path("state").asText());
    assertEquals(3, status.path("blocks").path("code").asInt());
    assertTrue(status.path("training").path("loss").isNull());
  }

  @Test
  void shouldTellHistoryWithPhasesAndPlannedRates() throws IOException {
    JsonNode history = get("/api/history").json();

    assertEquals("demo", history.path("run").path("name").asText());
    assertEquals(2, history.path("phases").size());
    assertEquals(10, history.path("phases").get(1).path("from").asInt());
    assertEquals(20, history.path("phases").get(1).path("to").asInt());
    assertEquals(20, history.path("rates").size());
    assertEquals(
        FACTS.firstPlan().learningRate(7), history.path("rates").get(7).path("rate").doubleValue());
    assertEquals("first plan", history.path("changes").get(0).path("reason").asText());
  }

  @Test
  void shouldPreviewWithoutEffect() throws IOException {
    proposals.readToEnd();

    JsonNode now = get("/api/mixture").json();
    JsonNode then = post("/api/mixture/preview", "{'weights': {'code': 3, 'en.web': 1}}").json();

    assertEquals(List.of(), proposals.readToEnd());
    JsonNode code = then.path("domains").get(0);
    assertEquals("code", code.path("domain").asText());
    assertEquals(0.75, code.path("share").doubleValue(), 1e-9);
    assertEquals(300, code.path("available").asInt());
    assertEquals(10 * 400 * 3 / 4 + 10 * 400, code.path("ahead").asInt());
    assertEquals(7000 / 300.0, code.path("epochs").doubleValue(), 1e-9);
    assertEquals(now.path("version"), then.path("version"));
  }

  /** One test, because each part begins where the one before ended. */
  @Test
  void shouldChangeAndUndoAndLetOneOfTwoRivalsWin() throws Exception {
    int version = version();
    String change = "{'version': %d, 'weights': {'code': 1, 'en.web': 1}, 'reason': '%s'}";

    Answer applied = post("/api/mixture", change.formatted(version, "more code"));

    assertEquals(200, applied.status, applied.body);
    assertEquals(version + 1, applied.json().path("version").asInt());
    assertEquals(
        Map.of("code", 1.0, "en.web", 1.0),
        new MixtureControl(connection).inForce().orElseThrow().getPhases().get(0).getWeights());
    assertEquals(409, post("/api/mixture", change.formatted(version, "stale")).status);

    look();
    JsonNode mixture = get("/api/mixture").json();
    assertEquals(version + 1, mixture.path("version").asInt());
    assertEquals(0.5, mixture.path("domains").get(0).path("weight").doubleValue());

    String undo = "{'version': %d, 'reason': 'back'}".formatted(version + 1);
    Answer undone = post("/api/mixture/undo", undo);
    assertEquals(200, undone.status, undone.body);
    assertEquals(version + 2, version());
    assertEquals(
        FACTS.firstPlan(),
        MixturePlan.from(new MixtureControl(connection).inForce().orElseThrow()));
    assertEquals(409, post("/api/mixture/undo", undo).status);

    look();
    int before = new MixtureControl(connection).history().size();
    List<Callable<Answer>> rivals = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String body = change.formatted(version + 2, "rival " + i);
      rivals.add(() -> post("/api/mixture", body));
    }
    ExecutorService threads = Executors.newFixedThreadPool(rivals.size());
    List<Integer> statuses = new ArrayList<>();
    for (Future<Answer> answer : threads.invokeAll(rivals)) {
      statuses.add(answer.get().status);
    }
    threads.shutdown();
    assertEquals(1, statuses.stream().filter(status -> status == 200).count(), statuses::toString);
    assertEquals(5, statuses.stream().filter(status -> status == 409).count(), statuses::toString);
    assertEquals(version + 3, version());
    List<MixtureDecision> made = new MixtureControl(connection).history();
    assertEquals(
        1, made.subList(before, made.size()).stream().filter(MixtureDecision::getAccepted).count());

    look();
    assertEquals(
        200,
        post("/api/mixture/undo", "{'version': %d, 'reason': 'end'}".formatted(version + 3))
            .status);
    look();
  }

  /** Reads events until one is of another state than before. */
  private static JsonNode event(InputStream in) throws IOException {
    var line = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new AssertionError("the stream ended: " + line);
      }
      if (c == '\n') {
        int data = line.indexOf("data: ");
        if (data >= 0) {
          return JSON.readTree(line.substring(data + 6).getBytes(ISO_8859_1));
        }
        line.setLength(0);
      } else {
        line.append((char) c);
      }
    }
  }

  /** With a run of its own: what ends here ends for all. */
  @Test
  void shouldTellWatchersEveryStateAndTheLastAndAnswerOthersWhileSomeDoNotRead() throws Exception {
    var other = new LiveRun(Status.starting(20));
    List<Socket> watchers = new ArrayList<>();
    try (var watched = LivePage.serve(FACTS, other, TOKEN)) {
      String host = "Host: localhost:" + watched.port() + "\r\n";
      for (int i = 0; i < LivePage.MOST_STREAMS; i++) {
        var socket = new Socket(InetAddress.getLoopbackAddress(), watched.port());
        socket
            .getOutputStream()
            .write(request("GET", "/api/events", host + BEARER, "").getBytes(UTF_8));
        watchers.add(socket);
        assertEquals("starting", event(socket.getInputStream()).path("state").asText());
      }
      assertTrue(other.watched());
      // Sends half a request and is never heard of again.
      var silent = new Socket(InetAddress.getLoopbackAddress(), watched.port());
      silent.getOutputStream().write("GET /api/status HTTP/1.1\r\nHost: loc".getBytes(UTF_8));
      watchers.add(silent);
      try (var late = new Socket(InetAddress.getLoopbackAddress(), watched.port())) {
        late.getOutputStream()
            .write(request("GET", "/api/events", host + BEARER, "").getBytes(UTF_8));
        String refused = new String(late.getInputStream().readAllBytes(), UTF_8);
        assertTrue(refused.startsWith("HTTP/1.1 503"), refused);
      }

      other.show(Status.starting(20).in("running", ""), Timeline.EMPTY);
      InputStream reading = watchers.get(0).getInputStream();
      assertEquals("running", event(reading).path("state").asText());

      other.show(Status.starting(20).in("complete", ""));
      JsonNode last = event(reading);
      assertEquals("complete", last.path("state").asText());
      watched.close();
      // What follows is the last state again and the end of the stream.
      assertEquals("complete", event(reading).path("state").asText());
    } finally {
      for (Socket socket : watchers) {
        socket.close();
      }
    }
  }

  @Test
  void shouldSayThatARunThatOnlyStartsCannotBeChangedYet() throws Exception {
    try (var early = LivePage.serve(FACTS, new LiveRun(Status.starting(20)), TOKEN);
        var socket = new Socket(InetAddress.getLoopbackAddress(), early.port())) {
      String host = "Host: localhost:" + early.port() + "\r\n";
      socket
          .getOutputStream()
          .write(
              request(
                      "POST",
                      "/api/mixture/preview",
                      host + BEARER + TYPE,
                      "{\"weights\": {\"code\": 1}}")
                  .getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);

      assertTrue(answer.startsWith("HTTP/1.1 503"), answer);
      assertTrue(answer.contains("no plan is in force yet"), answer);
    }
  }
}
