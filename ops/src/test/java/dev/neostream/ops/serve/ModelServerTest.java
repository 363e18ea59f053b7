package dev.neostream.ops.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.neostream.ops.UserError;
import dev.neostream.ops.http.Call;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.trainer.checkpoint.StoredModel;
import dev.neostream.trainer.model.Decoder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server on a stored checkpoint, asked over HTTP. */
@Timeout(120)
class ModelServerTest {

  private static final int CONTEXT = 48;
  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC);

  @TempDir static Path folder;

  private static StoredModel model;
  private static ModelServer server;
  private static Client client;

  @BeforeAll
  static void serve() throws Exception {
    model = StoredTinyModel.save(new RunFolder(folder.resolve("run")), 7, CONTEXT);
    server = ModelServer.start(model, 0, Optional.empty(), 1, CLOCK);
    client = new Client(server.port());
  }

  @AfterAll
  static void close() throws InterruptedException {
    server.close();
  }

  private static String body(String format, Object... arguments) {
    return format.formatted(arguments).replace('\'', '"');
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  @Test
  void shouldAnswerLmEvaluationHarnessAsItReadsLogProbabilities() throws IOException {
    int[] ids = StoredTinyModel.TOKENIZER.encode("ab cab c\u4E2D a");
    JsonNode answer =
        client.ask(
            "/v1/completions",
            body(
                "{'model': 'step-00000007', 'prompt': [%s], 'temperature': 0, 'max_tokens': 1,"
                    + " 'logprobs': 1, 'seed': 1234, 'echo': true}",
                Arrays.toString(ids)));

    JsonNode scores = answer.path("choices").get(0).path("logprobs");
    int length = ids.length + 1;
    for (String field : List.of("tokens", "token_logprobs", "top_logprobs", "text_offset")) {
      assertEquals(length, scores.path(field).size(), field);
    }
    assertTrue(scores.path("token_logprobs").get(0).isNull());
    assertTrue(scores.path("top_logprobs").get(0).isNull());
    boolean[] greedy = new boolean[length];
    try (Decoder decoder = model.decoder(1)) {
      for (int i = 1; i < ids.length; i++) {
        float[] logits = decoder.logits(Arrays.copyOf(ids, i));
        double sum = 0;
        int best = 0;
        for (int id = 0; id < logits.length; id++) {
          sum += Math.exp(logits[id]);
          best = logits[id] > logits[best] ? id : best;
        }
        double own = scores.path("token_logprobs").get(i).doubleValue();
        assertEquals(logits[ids[i]] - Math.log(sum), own, 1e-4);
        JsonNode top = scores.path("top_logprobs").get(i);
        String piece = StoredTinyModel.TOKENIZER.vocabulary().piece(best);
        assertEquals(logits[best] - Math.log(sum), top.path(piece).doubleValue(), 1e-4);
        greedy[i] = own == max(top);
        assertEquals(best == ids[i], greedy[i]);
      }
    }
    assertTrue(
        scores.path("token_logprobs").get(ids.length).doubleValue()
            == max(scores.path("top_logprobs").get(ids.length)));
    assertEquals(ids.length, answer.path("usage").path("prompt_tokens").intValue());
    assertEquals(1, answer.path("usage").path("completion_tokens").intValue());
    assertEquals(length, answer.path("usage").path("total_tokens").intValue());
    assertEquals(1_800_000_000, answer.path("created").intValue());
    assertEquals("text_completion", answer.path("object").asText());
  }

  /** Returns the greatest number of an object, bit for bit as it was sent. */
  private static double max(JsonNode top) {
    return StreamSupport.stream(top.spliterator(), false)
        .mapToDouble(JsonNode::doubleValue)
        .max()
        .orElseThrow();
  }

  @Test
  void shouldScoreAPromptThatFillsTheContext() {
    JsonNode choice =
        client.complete(
            body(
                "{'prompt': %s, 'max_tokens': 1, 'logprobs': 5, 'echo': true, 'temperature': 0}",
                Arrays.toString(new int[CONTEXT])));

    assertEquals(CONTEXT + 1, choice.path("logprobs").path("tokens").size());
    assertEquals(5, choice.path("logprobs").path("top_logprobs").get(CONTEXT).size());
    assertEquals("length", choice.path("finish_reason").asText());
  }

  @Test
  void shouldPlaceTokensInTheEchoedText() {
    JsonNode choice =
        client.complete(
            body("{'prompt': 'ab \u4E2D c', 'max_tokens': 0, 'logprobs': 0, 'echo': true}"));

    assertEquals("ab \u4E2D c", choice.path("text").asText());
    assertEquals(
        List.of("ab", " ", "<0xE4>", "<0xB8>", "<0xAD>", " c"),
        texts(choice.path("logprobs").path("tokens")));
    assertEquals(
        List.of("0", "2", "3", "3", "3", "4"), texts(choice.path("logprobs").path("text_offset")));
  }

  @Test
  void shouldNotScoreUnlessAsked() {
    assertTrue(client.complete(body("{'prompt': 'a', 'echo': true}")).path("logprobs").isNull());
  }

  @Test
  void shouldAnswerTextsAndTheirIdsAlike() {
    String rest = "'max_tokens': 9, 'seed': 4, 'logprobs': 2, 'echo': true}";

    assertEquals(
        client.complete(body("{'prompt': 'ab c', " + rest)),
        client.complete(
            body(
                "{'prompt': %s, " + rest,
                Arrays.toString(StoredTinyModel.TOKENIZER.encode("ab c")))));
  }

  @Test
  void shouldAnswerABatchAsItsRequestsAlone() {
    String rest = "'max_tokens': 12, 'seed': 9, 'logprobs': 1, 'temperature': 0.8}";
    List<String> prompts = List.of("a", "ab c", "\u4E2D", "a");

    JsonNode batch =
        client.ask("/v1/completions", body("{'prompt': ['a', 'ab c', '\u4E2D', 'a'], " + rest));

    int generated = 0;
    for (int i = 0; i < prompts.size(); i++) {
      JsonNode alone =
          client.ask("/v1/completions", body("{'prompt': '%s', " + rest, prompts.get(i)));
      ObjectNode choice = (ObjectNode) alone.path("choices").get(0);
      generated += alone.path("usage").path("completion_tokens").intValue();
      assertEquals(choice.put("index", i), batch.path("choices").get(i));
    }
    assertEquals(generated, batch.path("usage").path("completion_tokens").intValue());
    assertEquals(1 + 2 + 3 + 1, batch.path("usage").path("prompt_tokens").intValue());
  }

  @Test
  void shouldRepeatItselfBySeed() {
    String body = "{'prompt': 'a', 'max_tokens': 20, 'seed': %d, 'top_k': 40, 'top_p': 0.95}";

    assertEquals(client.complete(body(body, 1)), client.complete(body(body, 1)));
    assertFalse(
        IntStream.range(2, 9)
            .allMatch(
                seed -> client.complete(body(body, seed)).equals(client.complete(body(body, 1)))));
    String greedy = "{'prompt': 'a', 'max_tokens': 20, 'temperature': 0}";
    assertEquals(client.complete(body(greedy)), client.complete(body(greedy)));
    assertEquals(
        client.complete(body(greedy)),
        client.complete(body("{'prompt': 'a', 'max_tokens': 20, 'top_k': 1}")));
  }

  @Test
  void shouldStreamWhatItAnswersAtOnce() {
    for (int seed = 0; seed < 20; seed++) {
      String request =
          body(
              "{'prompt': ['ab', '\u4E2D c'], 'max_tokens': 30, 'seed': %d, 'logprobs': 2,"
                  + " 'echo': %b, 'stop': ['a', ' c']",
              seed, seed % 2 == 0);
      JsonNode whole = client.ask("/v1/completions", request + "}").path("choices");

      List<JsonNode> events = client.stream(request + ", \"stream\": true}");

      for (int index = 0; index < whole.size(); index++) {
        int own = index;
        List<JsonNode> choices =
            events.stream()
                .map(event -> event.path("choices").get(0))
                .filter(choice -> choice.path("index").intValue() == own)
                .toList();
        assertEquals(whole.get(index), joined(choices, index));
        assertTrue(
            choices.subList(0, choices.size() - 1).stream()
                .allMatch(choice -> choice.path("finish_reason").isNull()));
      }
      assertEquals(1, events.stream().map(event -> event.path("id")).distinct().count());
    }
  }

  private static JsonNode joined(List<JsonNode> choices, int index) {
    ObjectNode joined = Client.JSON.createObjectNode();
    joined.put(
        "text",
        choices.stream().map(choice -> choice.path("text").asText()).collect(Collectors.joining()));
    joined.put("index", index);
    ObjectNode scores = joined.putObject("logprobs");
    for (String field : List.of("tokens", "token_logprobs", "top_logprobs", "text_offset")) {
      ArrayNode all = scores.putArray(field);
      choices.forEach(choice -> choice.path("logprobs").path(field).forEach(all::add));
    }
    joined.set("finish_reason", choices.get(choices.size() - 1).path("finish_reason"));
    return joined;
  }

  @Test
  void shouldEndAtAStopStringThatSpansTokens() {
    String request = "{'prompt': 'ab', 'max_tokens': 20, 'seed': 6, 'logprobs': 0";
    JsonNode whole = client.complete(body(request + "}"));
    String text = whole.path("text").asText();
    // From the middle of the text, three characters of at least two tokens.
    String stop = text.substring(6, 9);
    assertTrue(
        texts(whole.path("logprobs").path("tokens")).stream().noneMatch(t -> t.contains(stop)));

    JsonNode choice =
        client.complete(
            body(request) + ", \"stop\": " + Client.JSON.getNodeFactory().textNode(stop) + "}");

    assertEquals(text.substring(0, text.indexOf(stop)), choice.path("text").asText());
    assertEquals("stop", choice.path("finish_reason").asText());
  }

  @Test
  void shouldTokenizeAndBack() {
    String text = "ab c \u4E2D\uD83D\uDE00\n";
    String prompt = Client.JSON.getNodeFactory().textNode(text).toString();
    JsonNode ids =
        client.ask("/tokenize", body("{'add_special_tokens': false, 'prompt': ") + prompt + "}");

    assertArrayEquals(
        StoredTinyModel.TOKENIZER.encode(text),
        Client.JSON.convertValue(ids.path("tokens"), int[].class));
    assertEquals(ids.path("tokens").size(), ids.path("count").intValue());
    assertEquals(CONTEXT, ids.path("max_model_len").intValue());
    assertEquals(
        text,
        client
            .ask("/detokenize", body("{'tokens': %s}", ids.path("tokens")))
            .path("prompt")
            .asText());
    assertEquals("[]", client.ask("/tokenize", body("{'prompt': ''}")).path("tokens").toString());
  }

  @Test
  void shouldTellTheIdOfWhatEndsAText() {
    JsonNode info = client.get("/tokenizer_info");

    String end = info.path("eos_token").asText();
    assertEquals("</s>", end);
    assertEquals("</s>", info.path("bos_token").asText());
    assertTrue(info.has("pad_token") && info.path("pad_token").isNull());
    assertTrue(info.path("chat_template").isNull());
    assertEquals(
        "[" + StoredTinyModel.TOKENIZER.endOfDocument() + "]",
        client.ask("/tokenize", body("{'prompt': '%s'}", end)).path("tokens").toString());
    // Within a text it is four characters, as everywhere.
    assertTrue(client.ask("/tokenize", body("{'prompt': 'a%s'}", end)).path("tokens").size() > 4);
  }

  @Test
  void shouldNameItsModel() {
    JsonNode models = client.get("/v1/models");

    assertEquals("list", models.path("object").asText());
    JsonNode only = models.path("data").get(0);
    assertEquals("step-00000007", only.path("id").asText());
    assertEquals("model", only.path("object").asText());
    assertEquals(1_700_000_000, only.path("created").intValue());
    assertEquals(1, models.path("data").size());
    assertEquals("ok", client.get("/health").path("status").asText());
  }

  @Test
  void shouldTakeFieldsThatChangeNothing() {
    client.complete(
        body(
            "{'prompt': 'a', 'n': 1, 'best_of': 1, 'suffix': null, 'presence_penalty': 0,"
                + " 'frequency_penalty': 0.0, 'logit_bias': null, 'user': 'me', 'top_k': -1,"
                + " 'stop': null, 'max_tokens': null, 'stream_options': null, 'seed': -5}"));
  }

  /** A request, the status it must get and the beginning of the message. */
  record Row(int status, String method, String path, String body, String message) {}

  static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    try (var in = ModelServerTest.class.getResourceAsStream("/serve.txt")) {
      List<String> lines = new String(in.readAllBytes(), UTF_8).lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).isBlank() || lines.get(i).startsWith("#")) {
          continue;
        }
        String[] row = lines.get(i).split(" ", 4);
        String message = lines.get(++i).strip();
        rows.add(
            new Row(
                Integer.parseInt(row[0]), row[1], row[2], row.length > 3 ? row[3] : "", message));
      }
    }
    return rows;
  }

  @ParameterizedTest
  @MethodSource("rows")
  void shouldSayWhatMustHold(Row row) {
    long before = client.get("/health").path("generated_tokens").longValue();

    HttpResponse<String> response =
        row.method.equals("POST")
            ? client.post(row.path, row.body)
            : client.send(row.method, row.path, row.body);

    JsonNode error = Client.read(response.body()).path("error");
    assertEquals(row.message, error.path("message").asText());
    assertEquals(row.status, response.statusCode());
    assertEquals("invalid_request_error", error.path("type").asText());
    assertTrue(error.has("param") && error.has("code"));
    assertEquals(before, client.get("/health").path("generated_tokens").longValue());
  }

  @Test
  void shouldKnowManyBadRequests() throws IOException {
    assertTrue(rows().size() >= 30);
  }

  @Test
  void shouldSurviveHostileJson() {
    String deep = "[".repeat(200_000);
    List<String> bodies =
        List.of(
            deep,
            "{\"a\":".repeat(100_000),
            "{\"prompt\": " + deep + "}",
            "{\"prompt\": \"a\", \"max_tokens\": " + "9".repeat(100_000) + "}",
            "{\"prompt\": \"a\", \"temperature\": 1e999999999}",
            "{\"prompt\": [1e999999999]}",
            "{\"prompt\": [" + "9".repeat(900) + "]}",
            "{\"prompt\": \"\\ud800\"}",
            "{\"prompt\": \"a\", \"" + "x".repeat(60_000) + "\": 1}",
            "{\"prompt\": \"a\", \"stop\": [" + "\"x\",".repeat(50_000) + "\"x\"]}",
            "{\"prompt\": [" + "\"a\",".repeat(50_000) + "\"a\"]}",
            "{\"prompt\": \"" + "a".repeat(1_000_000) + "\"}",
            "\u0000",
            "{\"prompt\": \"a\", \"model\": \"" + "m".repeat(10_000) + "\"}");
    for (String body : bodies) {
      HttpResponse<String> response = client.post("/v1/completions", body);

      String shown = body.substring(0, Math.min(60, body.length()));
      assertTrue(List.of(400, 404).contains(response.statusCode()), shown + response.body());
      // Nobody's megabyte comes back.
      assertTrue(response.body().length() < 1_000, shown);
    }
    client.complete(body("{'prompt': 'a'}"));
  }

  @Test
  void shouldRefuseABodyThatIsTooLong() {
    HttpResponse<String> response = client.post("/v1/completions", " ".repeat(Call.MAX_BODY + 1));

    assertEquals(413, response.statusCode());
    assertEquals(
        "a body must have at most 1048576 bytes",
        Client.read(response.body()).path("error").path("message").asText());
    assertEquals(413, client.post("/tokenize", " ".repeat(3 * Call.MAX_BODY)).statusCode());
    assertEquals(400, client.post("/tokenize", " ".repeat(Call.MAX_BODY)).statusCode());
  }

  @Test
  void shouldReadNothingButJson() {
    for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application")) {
      HttpResponse<String> response =
          client.send("POST", "/tokenize", body("{'prompt': 'a'}"), "Content-Type", type);
      assertEquals(415, response.statusCode());
      assertEquals(
          "the Content-Type must be application/json",
          Client.read(response.body()).path("error").path("message").asText());
    }
    String charset = "application/json; charset=utf-8";
    assertEquals(
        200,
        client
            .send("POST", "/tokenize", body("{'prompt': 'a'}"), "Content-Type", charset)
            .statusCode());
  }

  @Test
  void shouldAnswerManyAtOnceAsEachAlone() throws Exception {
    int clients = 16;
    List<String> bodies =
        IntStream.range(0, clients)
            .mapToObj(
                i ->
                    body(
                        "{'prompt': '%s', 'max_tokens': 25, 'seed': %d, 'logprobs': 1, 'echo': %b}",
                        "ab c".repeat(1 + i % 4), i, i % 3 == 0))
            .toList();
    List<JsonNode> alone = bodies.stream().map(client::complete).toList();
    ExecutorService pool = Executors.newFixedThreadPool(clients);
    try {
      for (int round = 0; round < 3; round++) {
        List<Callable<JsonNode>> calls = new ArrayList<>();
        bodies.forEach(body -> calls.add(() -> client.complete(body)));
        List<Future<JsonNode>> answers = pool.invokeAll(calls);
        for (int i = 0; i < clients; i++) {
          assertEquals(alone.get(i), answers.get(i).get());
        }
      }
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void shouldAnswerOnlyToALocalName() throws IOException {
    assertEquals("HTTP/1.1 403 Forbidden", statusFor("rebound.example.org"));
    assertEquals("HTTP/1.1 403 Forbidden", statusFor("127.0.0.1.example.org:80"));
    assertEquals("HTTP/1.1 200 OK", statusFor("LOCALHOST:1"));
    assertEquals("HTTP/1.1 200 OK", statusFor("[::1]"));
  }

  private static String statusFor(String host) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET /health HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8)
          .lines()
          .findFirst()
          .orElse("");
    }
  }

  @Test
  void shouldAskForTheToken() throws Exception {
    try (var guarded = ModelServer.start(model, 0, Optional.of("open-sesame"), 1, CLOCK)) {
      var stranger = new Client(guarded.port());
      for (String given : List.of("", "Bearer", "Bearer ", "Bearer open-sesam", "open-sesame")) {
        HttpResponse<String> response =
            given.isEmpty()
                ? stranger.send("GET", "/v1/models", "")
                : stranger.send("GET", "/v1/models", "", "Authorization", given);
        assertEquals(401, response.statusCode(), given);
        assertEquals(
            "authentication_error",
            Client.read(response.body()).path("error").path("type").asText());
        assertFalse(response.body().contains("sesam"));
      }
      assertEquals(401, stranger.post("/v1/completions", body("{'prompt': 'a'}")).statusCode());
      assertEquals(
          200,
          stranger
              .send("GET", "/v1/models", "", "Authorization", "Bearer open-sesame")
              .statusCode());
      assertEquals("ok", stranger.get("/health").path("status").asText());
    }
  }

  @Test
  void shouldStopGeneratingForAClientThatIsGone() throws Exception {
    int longest = 50_000;
    var run = new RunFolder(folder.resolve("long"));
    try (var patient =
        ModelServer.start(StoredTinyModel.save(run, 1, longest), 0, Optional.empty(), 1, CLOCK)) {
      var others = new Client(patient.port());
      String request =
          body(
              "{'prompt': 'ab', 'max_tokens': %d, 'temperature': 0, 'stream': true, 'logprobs': 0}",
              longest);
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), patient.port())) {
        socket
            .getOutputStream()
            .write(
                ("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/json\r\nContent-Length: "
                        + request.length()
                        + "\r\n\r\n"
                        + request)
                    .getBytes(UTF_8));
        assertTrue(new String(socket.getInputStream().readNBytes(40), UTF_8).contains("200 OK"));
        socket.setSoLinger(true, 0);
      }

      // Waits in line until the other one ends.
      JsonNode answer = others.ask("/v1/completions", body("{'prompt': 'a', 'max_tokens': 1}"));

      assertEquals(1, answer.path("usage").path("completion_tokens").intValue());
      long generated = others.get("/health").path("generated_tokens").longValue();
      assertTrue(generated > 1 && generated < longest, "generated=" + generated);
    }
  }

  @Test
  void shouldSayThatThePortIsTaken() {
    var error =
        assertThrows(
            UserError.class,
            () -> ModelServer.start(model, server.port(), Optional.empty(), 1, CLOCK));

    assertEquals(
        "the port must be free: port=" + server.port() + "; choose another --port",
        error.getMessage());
  }
}
