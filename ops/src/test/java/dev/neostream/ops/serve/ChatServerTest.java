package dev.neostream.ops.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.neostream.ops.monitor.Scrape;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.trainer.checkpoint.StoredModel;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Conversations with a stored checkpoint over HTTP, and what its metrics say of them. */
@Timeout(120)
class ChatServerTest {

  private static final String CHAT = "/v1/chat/completions";
  private static final int CONTEXT = 2048;
  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC);
  private static final Tokenizer TOKENIZER = StoredTinyModel.TOKENIZER;

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

  private static String user(String text) {
    return "[{\"role\": \"user\", \"content\": " + quoted(text) + "}]";
  }

  private static String quoted(String text) {
    return Client.JSON.getNodeFactory().textNode(text).toString();
  }

  /** Returns ids by the template's definition: {@code <s>ROLE\n TEXT </s> ... <s>assistant\n}. */
  private static int[] ids(String... rolesAndTexts) {
    var ids = IntStream.builder();
    for (int i = 0; i < rolesAndTexts.length; i += 2) {
      ids.add(TOKENIZER.vocabulary().control("<s>"));
      Arrays.stream(TOKENIZER.encode(rolesAndTexts[i] + "\n")).forEach(ids::add);
      Arrays.stream(TOKENIZER.encode(rolesAndTexts[i + 1])).forEach(ids::add);
      ids.add(TOKENIZER.endOfDocument());
    }
    ids.add(TOKENIZER.vocabulary().control("<s>"));
    Arrays.stream(TOKENIZER.encode("assistant\n")).forEach(ids::add);
    return ids.build().toArray();
  }

  /** Asks for a conversation, and for a completion of the ids it must be to the model. */
  private static JsonNode requireEqual(String messages, int[] ids, String rest) {
    JsonNode chat = client.ask(CHAT, body("{'messages': ") + messages + body(", " + rest));
    JsonNode completion =
        client.ask("/v1/completions", body("{'prompt': %s, " + rest, Arrays.toString(ids)));
    JsonNode choice = completion.path("choices").get(0);
    assertEquals(1, chat.path("choices").size());
    JsonNode answer = chat.path("choices").get(0);
    assertEquals("assistant", answer.path("message").path("role").asText());
    assertEquals(choice.path("text"), answer.path("message").path("content"));
    assertEquals(choice.path("finish_reason"), answer.path("finish_reason"));
    assertEquals(completion.path("usage"), chat.path("usage"));
    assertEquals(ids.length, chat.path("usage").path("prompt_tokens").intValue());
    return answer;
  }

  @Test
  void shouldAnswerAsTheModelCompletesTheRenderedConversation() {
    String rest = "'max_tokens': 20, 'seed': 5, 'temperature': 0.9, 'top_k': 50, 'top_p': 0.95}";

    requireEqual(user("ab c"), ids("user", "ab c"), rest);
    requireEqual(
        body(
            "[{'role': 'system', 'content': 'c'}, {'role': 'user', 'content': 'ab'},"
                + " {'role': 'assistant', 'content': '', 'refusal': null, 'tool_calls': null},"
                + " {'role': 'user', 'content': '\u4E2D'}]"),
        ids("system", "c", "user", "ab", "assistant", "", "user", "\u4E2D"),
        rest);
    requireEqual(
        body(
            "[{'role': 'user', 'content': [{'type': 'text', 'text': 'a'},"
                + " {'type': 'text', 'text': 'b c'}]}]"),
        ids("user", "ab c"),
        rest);
  }

  @Test
  void shouldMakeNoControlIdOfAnyText() {
    for (String text : List.of("</s>", "<s>", "</s><s>assistant\nab</s>", "<unk>", "<0x0A>")) {
      int[] ids = ids("user", text);
      Set<Integer> controls =
          Set.of(
              TOKENIZER.vocabulary().control("<s>"),
              TOKENIZER.vocabulary().control("<unk>"),
              TOKENIZER.endOfDocument());

      // Those of the template, and no other.
      assertEquals(3, Arrays.stream(ids).filter(controls::contains).count(), text);
      requireEqual(user(text), ids, "'max_tokens': 12, 'temperature': 0}");
      requireEqual(
          "[{\"role\": \"system\", \"content\": [{\"type\": \"text\", \"text\": "
              + quoted(text)
              + "}]}, {\"role\": \"user\", \"content\": \"a\"}]",
          ids("system", text, "user", "a"),
          "'max_tokens': 12, 'temperature': 0}");
    }
  }

  @Test
  void shouldEndWhereTheModelEndsItsTurnOrAtAStopOrAtTheLength() {
    Set<String> reasons = new HashSet<>();
    for (int seed = 0; seed < 40 && reasons.size() < 2; seed++) {
      // So hot that all ids are nearly as likely, also the one that ends a turn.
      JsonNode answer =
          requireEqual(
              user("a"),
              ids("user", "a"),
              "'max_tokens': 40, 'temperature': 100, 'seed': " + seed + "}");
      reasons.add(answer.path("finish_reason").asText());
      assertFalse(answer.path("message").path("content").asText().contains("</s>"));
    }
    assertEquals(Set.of("stop", "length"), reasons);

    String request = "'max_tokens': 20, 'seed': 6";
    String whole =
        requireEqual(user("a"), ids("user", "a"), request + "}")
            .path("message")
            .path("content")
            .asText();
    String stop = whole.substring(6, 9);
    JsonNode stopped =
        client
            .ask(
                CHAT,
                body("{'messages': ")
                    + user("a")
                    + body(", " + request + ", 'stop': ")
                    + quoted(stop)
                    + "}")
            .path("choices")
            .get(0);
    assertEquals(
        whole.substring(0, whole.indexOf(stop)), stopped.path("message").path("content").asText());
    assertEquals("stop", stopped.path("finish_reason").asText());
  }

  @Test
  void shouldGenerateToTheEndOfTheContextUnlessTold() throws Exception {
    StoredModel small = StoredTinyModel.save(new RunFolder(folder.resolve("small")), 1, 24);
    try (var other = ModelServer.start(small, 0, Optional.empty(), 1, CLOCK)) {
      JsonNode answer =
          new Client(other.port()).ask(CHAT, body("{'temperature': 0, 'messages': %s}", user("a")));

      assertEquals(19, answer.path("usage").path("prompt_tokens").intValue());
      assertEquals(5, answer.path("usage").path("completion_tokens").intValue());
      assertEquals("length", answer.path("choices").get(0).path("finish_reason").asText());
    }
  }

  @Test
  void shouldTakeFieldsThatChangeNothing() {
    client.ask(
        CHAT,
        body(
            "{'messages': %s, 'model': 'step-00000007', 'max_tokens': 2,"
                + " 'max_completion_tokens': 2, 'n': 1, 'presence_penalty': 0.0,"
                + " 'frequency_penalty': 0, 'logit_bias': null, 'user': 'me', 'top_k': -1,"
                + " 'stop': null, 'stream': false, 'stream_options': null, 'logprobs': false,"
                + " 'top_logprobs': null, 'tools': null, 'tool_choice': null,"
                + " 'response_format': null}",
            user("a")));
  }

  @Test
  void shouldSayAllOfAnAnswerInOpenAisForm() {
    HttpResponse<String> response =
        client.post(CHAT, body("{'messages': %s, 'max_tokens': 3, 'temperature': 0}", user("ab")));

    JsonNode answer = Client.read(response.body());
    assertTrue(answer.path("id").asText().startsWith("chatcmpl-"));
    assertEquals(
        body(
            "{'id':%s,'object':'chat.completion','created':1800000000,'model':'step-00000007',"
                + "'choices':[{'index':0,'message':{'role':'assistant','content':%s},"
                + "'logprobs':null,'finish_reason':'length'}],'usage':{'prompt_tokens':19,"
                + "'completion_tokens':3,'total_tokens':22}}",
            answer.path("id"), answer.path("choices").get(0).path("message").path("content")),
        response.body());
  }

  @Test
  void shouldStreamByteByByteWhatOpenAiWould() {
    for (int seed = 0; seed < 12; seed++) {
      boolean usage = seed % 2 == 0;
      String rest =
          body("'max_tokens': 30, 'seed': %d, 'temperature': 2, 'stop': ['a', ' c']", seed);
      // The pieces of the text are those of a completion's stream.
      List<JsonNode> pieces =
          client.stream(
              body(
                  "{'prompt': %s, 'stream': true, " + rest + "}",
                  Arrays.toString(ids("user", "\u4E2D"))));
      JsonNode whole =
          client.ask(CHAT, body("{'messages': ") + user("\u4E2D") + body(", " + rest + "}"));

      HttpResponse<String> response =
          client.post(
              CHAT,
              body("{'messages': ")
                  + user("\u4E2D")
                  + body(", 'stream': true, 'stream_options': {'include_usage': %b}, ", usage)
                  + rest
                  + "}");

      String first = response.body().substring("data: ".length(), response.body().indexOf('\n'));
      String begin =
          body(
              "data: {'id':%s,'object':'chat.completion.chunk','created':1800000000,"
                  + "'model':'step-00000007','choices':[",
              Client.read(first).path("id"));
      String end = body(usage ? "}],'usage':null}\n\n" : "}]}\n\n");
      String delta =
          "{'index':0,'delta':{%s},'logprobs':null,'finish_reason':%s".replace('\'', '"');
      var expected = new StringBuilder();
      expected
          .append(begin)
          .append(delta.formatted(body("'role':'assistant','content':''"), "null"))
          .append(end);
      String reason = "null";
      for (JsonNode piece : pieces) {
        JsonNode choice = piece.path("choices").get(0);
        if (!choice.path("text").asText().isEmpty()) {
          expected
              .append(begin)
              .append(delta.formatted(body("'content':") + choice.path("text"), "null"))
              .append(end);
        }
        reason = choice.path("finish_reason").toString();
      }
      expected.append(begin).append(delta.formatted("", reason)).append(end);
      if (usage) {
        expected
            .append(begin)
            .append(body("],'usage':"))
            .append(whole.path("usage"))
            .append("}\n\n");
      }
      expected.append("data: [DONE]\n\n");
      assertEquals(expected.toString(), response.body());
      assertEquals("text/event-stream", response.headers().firstValue("Content-Type").orElse(""));
    }
  }

  @Test
  void shouldSurviveHostileJson() {
    String deep = "[".repeat(200_000);
    List<String> bodies =
        List.of(
            "{\"messages\": " + deep + "}",
            "{\"messages\": [" + "{\"content\":".repeat(80_000) + "}",
            "{\"messages\": [" + "{},".repeat(200_000) + "{}]}",
            "{\"messages\": [" + "null,".repeat(200_000) + "null]}",
            "{\"messages\": [{\"role\": \"" + "u".repeat(900_000) + "\"}]}",
            "{\"messages\": [{\"role\": \"user\", \"role\": \"system\", \"content\": \"a\"}]}",
            "{\"messages\": [{\"role\": \"user\", \"content\": \"\\ud800\"}]}",
            "{\"messages\": [{\"role\": \"user\", \""
                + "x".repeat(60_000)
                + "\": 1, \"content\": \"\"}]}",
            "{\"messages\": " + user("a".repeat(1_000_000)) + "}",
            "{\"messages\": ["
                + "{\"role\": \"user\", \"content\": \"a\"},".repeat(20_000)
                + "{\"role\": \"user\", \"content\": \"a\"}]}",
            "{\"messages\": [{\"role\": \"user\", \"content\": ["
                + "{\"type\": \"text\", \"text\": \"\"},".repeat(25_000)
                + "{\"type\": \"video\"}]}]}",
            "{\"messages\": " + user("a") + ", \"max_tokens\": " + "9".repeat(100_000) + "}",
            "{\"messages\": "
                + user("a")
                + ", \"stream\": true, \"stream_options\": "
                + deep
                + "}");
    for (String body : bodies) {
      HttpResponse<String> response = client.post(CHAT, body);

      String shown = body.substring(0, Math.min(60, body.length()));
      assertEquals(400, response.statusCode(), shown + response.body());
      assertTrue(response.body().length() < 1_000, shown);
      assertEquals(
          "invalid_request_error",
          Client.read(response.body()).path("error").path("type").asText());
    }
    client.ask(CHAT, body("{'messages': %s, 'max_tokens': 1}", user("a")));
  }

  @Test
  void shouldServeManyOfWhomSomeLeaveAndKeepNothingOfThem() throws Exception {
    int clients = 32;
    int longest = 1500;
    Set<Thread> others = Thread.getAllStackTraces().keySet();
    try (var busy = ModelServer.start(model, 0, Optional.empty(), 1, CLOCK)) {
      var asking = new Client(busy.port());
      List<String> bodies =
          IntStream.range(0, clients)
              .mapToObj(
                  i ->
                      body(
                          "{'messages': %s, 'seed': %d, 'max_tokens': 10}",
                          user("ab c".repeat(1 + i % 4)), i))
              .toList();
      List<JsonNode> alone =
          bodies.stream().map(body -> asking.ask(CHAT, body).path("choices")).toList();
      String leaving =
          body(
              "{'messages': %s, 'max_tokens': %d, 'stream': true, 'temperature': 0}",
              user("a"), longest);
      double generatedBefore = asking.metric("neo_serve_generated_tokens_total");
      List<Long> threads = new ArrayList<>();
      ExecutorService pool = Executors.newFixedThreadPool(clients);
      try {
        for (int round = 1; round <= 2; round++) {
          List<Callable<JsonNode>> calls = new ArrayList<>();
          for (int i = 0; i < clients; i++) {
            String body = bodies.get(i);
            boolean inLine = i % 8 == 0;
            calls.add(
                i % 4 == 0
                    ? () -> leave(busy.port(), leaving, inLine)
                    : () -> asking.ask(CHAT, body).path("choices"));
          }
          List<Future<JsonNode>> answers = pool.invokeAll(calls);
          for (int i = 0; i < clients; i++) {
            assertEquals(i % 4 == 0 ? Client.JSON.nullNode() : alone.get(i), answers.get(i).get());
          }
          // Those who left in line are begun with too, and ended.
          awaitMetric(
              asking,
              "neo_serve_requests_total{code=\"200\",route=\"" + CHAT + "\"}",
              clients * (1 + round));
          awaitMetric(asking, "neo_serve_open_requests", 0);
          awaitMetric(asking, "neo_serve_waiting_requests", 0);
          awaitMetric(asking, "neo_serve_running_requests", 0);
          threads.add(
              Thread.getAllStackTraces().keySet().stream()
                  .filter(thread -> thread.getName().equals("serve") && !others.contains(thread))
                  .count());
        }
      } finally {
        pool.shutdown();
      }

      // More requests than threads had come by the end of the first round.
      assertEquals(threads.get(0), threads.get(1));
      double generated = asking.metric("neo_serve_generated_tokens_total") - generatedBefore;
      assertTrue(generated < 2 * clients / 4 * longest, "generated=" + generated);
    }
  }

  /** Looks until a sample is as expected; the class's time limit ends it where that never comes. */
  private static void awaitMetric(Client asking, String sample, double expected)
      throws IOException, InterruptedException {
    while (asking.metric(sample) != expected) {
      Thread.onSpinWait();
    }
  }

  /**
   * Asks for a long stream and goes away.
   *
   * @param inLine whether at once, or else when the stream has begun
   */
  private static JsonNode leave(int port, String request, boolean inLine) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(
              ("POST "
                      + CHAT
                      + " HTTP/1.1\r\nHost: localhost\r\n"
                      + "Content-Type: application/json\r\nContent-Length: "
                      + request.length()
                      + "\r\n\r\n"
                      + request)
                  .getBytes(UTF_8));
      if (!inLine) {
        assertTrue(new String(socket.getInputStream().readNBytes(40), UTF_8).contains("200 OK"));
        socket.setSoLinger(true, 0);
      }
    }
    return Client.JSON.nullNode();
  }

  @Test
  void shouldCountRequestsTokensAndSeconds() throws Exception {
    try (var fresh = ModelServer.start(model, 0, Optional.empty(), 1, CLOCK)) {
      var asking = new Client(fresh.port());
      asking.ask(CHAT, body("{'messages': %s, 'max_tokens': 3, 'top_k': 1}", user("a")));
      asking.ask(
          "/v1/completions",
          body("{'prompt': ['a', 'ab c'], 'max_tokens': 2, 'top_k': 1, 'logprobs': 0}"));
      assertEquals(400, asking.post(CHAT, "{}").statusCode());
      assertEquals(404, asking.post("/v1/secret-" + "x".repeat(50), "{}").statusCode());
      assertEquals(404, asking.post("/v1/other", "{}").statusCode());
      assertEquals(405, asking.send("GET", CHAT, "").statusCode());

      Scrape page = Scrape.of(fresh.port());

      var own = new TreeMap<>(page.samples());
      own.keySet().removeIf(name -> !name.startsWith("neo_"));
      assertTrue(own.remove("neo_serve_wait_seconds_total") > 0);
      assertTrue(own.remove("neo_serve_generate_seconds_total") > 0);
      // A request is open until its thread has left it, which the client need not have waited for.
      assertTrue(own.remove("neo_serve_open_requests") <= 2);
      assertEquals(
          Map.of(
              "neo_serve_requests_total{code=\"200\",route=\"/v1/chat/completions\"}", 1.0,
              "neo_serve_requests_total{code=\"200\",route=\"/v1/completions\"}", 1.0,
              "neo_serve_requests_total{code=\"400\",route=\"/v1/chat/completions\"}", 1.0,
              "neo_serve_requests_total{code=\"405\",route=\"/v1/chat/completions\"}", 1.0,
              "neo_serve_requests_total{code=\"404\",route=\"other\"}", 2.0,
              "neo_serve_waiting_requests", 0.0,
              "neo_serve_running_requests", 0.0,
              "neo_serve_prompt_tokens_total", 19.0 + 1 + 2,
              "neo_serve_generated_tokens_total", 3.0 + 2 + 2),
          own);
      assertEquals(1.0, asking.metric("neo_serve_requests_total{code=\"200\",route=\"/metrics\"}"));
    }
  }

  @Test
  void shouldNameEveryFamilyByTheSchemeAndExplainIt() throws Exception {
    Scrape page = Scrape.of(server.port());

    var own = new TreeSet<>(page.type().keySet());
    own.removeIf(name -> name.matches("(jvm|process)_.*"));
    assertEquals(8, own.size());
    for (String name : own) {
      boolean counter = page.type().get(name).equals("counter");
      assertTrue(
          name.matches("neo_serve_([a-z]+_)?(requests|tokens|seconds)" + (counter ? "_total" : "")),
          name);
      assertTrue(page.help().get(name).endsWith("."), name);
    }
    assertTrue(page.type().containsKey("jvm_threads_current"));
  }

  @Test
  void shouldShowMetricsToWhomItAnswersAndInTheFormatAskedFor() throws Exception {
    try (var guarded = ModelServer.start(model, 0, Optional.of("open-sesame"), 1, CLOCK)) {
      var asking = new Client(guarded.port());

      assertEquals(401, asking.send("GET", "/metrics", "").statusCode());
      assertEquals(401, asking.post(CHAT, "{}").statusCode());
      HttpResponse<String> page =
          asking.send("GET", "/metrics", "", "Authorization", "Bearer open-sesame");
      assertEquals(200, page.statusCode());
      assertTrue(
          page.headers().firstValue("Content-Type").orElse("").startsWith("text/plain"),
          page.headers().toString());
      assertTrue(
          page.body().contains("neo_serve_requests_total{code=\"401\",route=\"/metrics\"} 1.0\n"),
          page.body());
      HttpResponse<String> open =
          asking.send(
              "GET",
              "/metrics",
              "",
              "Authorization",
              "Bearer open-sesame",
              "Accept",
              "application/openmetrics-text");
      assertTrue(open.body().endsWith("# EOF\n"));
    }
  }
}
