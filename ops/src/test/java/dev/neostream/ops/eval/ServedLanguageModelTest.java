package dev.neostream.ops.eval;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.UserError;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.serve.ModelServer;
import dev.neostream.ops.serve.StoredTinyModel;
import dev.neostream.trainer.checkpoint.StoredModel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ServedLanguageModelTest {

  private static final Optional<String> SECRET = Optional.of("open-sesame");

  private static final Evaluation.Progress QUIET = (task, asked, all) -> {};

  @TempDir static Path folder;

  private static StoredModel stored;
  private static ModelServer server;
  private static URI url;

  @BeforeAll
  static void serve() throws Exception {
    stored = StoredTinyModel.save(new RunFolder(folder.resolve("run")), 7, 24);
    server = ModelServer.start(stored, 0, SECRET, 1, Clock.systemUTC());
    url = URI.create("http://127.0.0.1:" + server.port());
  }

  @AfterAll
  static void close() throws InterruptedException {
    server.close();
  }

  private static String words(SplittableRandom random, int most) {
    var words = new StringBuilder();
    for (int n = 1 + random.nextInt(most); n > 0; n--) {
      words.append("abc c\u4E2D".charAt(random.nextInt(6)));
    }
    return words.append('a').toString();
  }

  @Test
  void shouldGiveTheScoresOfTheModelItself() throws Exception {
    var random = new SplittableRandom(4);
    var data = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      data.append(
          "{\"q\": \"%s\", \"c\": [\"%s\", \"%s\"], \"a\": \"%s\"}%n"
              .formatted(words(random, 30), words(random, 7), words(random, 7), words(random, 60)));
    }
    Path records = Files.writeString(folder.resolve("records.jsonl"), data);
    String common = "version: 1\ndata: " + records + "\n";
    List<String> tasks =
        List.of(
            "name: choice\nkind: choice\nprompt: '{q}'\nchoices: c\ntarget: '1'\n"
                + "metrics: [acc, acc_norm, acc_bytes]\nfewshot: {count: 1, seed: 5}\n",
            "name: pairs\nkind: choice\nprompt: ''\nchoices: c\ntarget: '0'\n",
            "name: text\nkind: text\ntext: '{a}'\n",
            "name: generation\nkind: generation\nprompt: '{q}'\ntarget: ' '\nmaxTokens: 9\n"
                + "stop: ['b']\nextract: '\\s'\n");
    int truncated = 0;
    for (String task : tasks) {
      Path file = Files.writeString(folder.resolve("task.yaml"), task + common);
      Evaluation evaluation = Evaluation.prepare(TaskFile.read(file.toString()), Integer.MAX_VALUE);
      try (LanguageModel own = StoredLanguageModel.open(stored, 1);
          LanguageModel served = ServedLanguageModel.open(url, SECRET)) {
        TaskResult expected = evaluation.run(own, QUIET);

        assertEquals(expected, evaluation.run(served, QUIET));
        truncated += expected.truncated();
      }
    }
    assertTrue(truncated > 0, "prompts that do not fit are among them");
  }

  @Test
  void shouldGiveEveryLogProbabilityToTheLastBit() throws Exception {
    try (LanguageModel own = StoredLanguageModel.open(stored, 1);
        LanguageModel served = ServedLanguageModel.open(url.resolve("/v1/"), SECRET)) {
      assertEquals(own.context(), served.context());
      assertEquals(own.prefix(), served.prefix());
      assertEquals("step-00000007", served.facts().name());
      assertEquals(url.toString(), served.facts().url());
      String text = "ab c\u4E2D \uD83D\uDE00\n\"";
      int[] ids = own.encode(text);
      assertArrayEquals(ids, served.encode(text));
      assertArrayEquals(own.logProbabilities(ids), served.logProbabilities(ids));
      assertArrayEquals(new double[0], served.logProbabilities(new int[] {ids[0]}));
      assertEquals(own.generate(ids, 6, List.of()), served.generate(ids, 6, List.of()));
    }
  }

  @Test
  void shouldSayWhatTheServerSays() throws Exception {
    var refused =
        assertThrows(
            UserError.class, () -> ServedLanguageModel.open(url, Optional.of("another-word")));

    assertTrue(
        refused
            .getMessage()
            .startsWith("the server must answer with 200: url=" + url + "/v1/models, status=401"),
        refused.getMessage());
    try (LanguageModel served = ServedLanguageModel.open(url, SECRET)) {
      var tooLong = assertThrows(UserError.class, () -> served.logProbabilities(new int[25]));
      assertTrue(tooLong.getMessage().contains("tokens=25, context=24"), tooLong.getMessage());
    }
  }

  @Test
  void shouldSayThatNobodyAnswers() throws IOException {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    URI nobody = URI.create("http://127.0.0.1:" + port);

    var refused =
        assertThrows(UserError.class, () -> ServedLanguageModel.open(nobody, Optional.empty()));

    assertEquals(
        "the server must answer: url=" + nobody + "/v1/models, problem=java.net.ConnectException",
        refused.getMessage());
  }

  /** Answers each request of one connection after the other with the next body. */
  private static List<String> foreign(List<String> bodies) throws Exception {
    List<String> problems = new ArrayList<>();
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      URI there = URI.create("http://127.0.0.1:" + socket.getLocalPort());
      var answering =
          CompletableFuture.runAsync(
              () -> {
                for (String body : bodies) {
                  try (Socket connection = socket.accept()) {
                    connection.getInputStream().read(new byte[8192]);
                    connection
                        .getOutputStream()
                        .write(
                            ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
                                    + body.length()
                                    + "\r\n\r\n"
                                    + body)
                                .getBytes(UTF_8));
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                }
              });
      var refused =
          assertThrows(UserError.class, () -> ServedLanguageModel.open(there, Optional.empty()));
      problems.add(refused.getMessage().replace(there.toString(), "U"));
      answering.join();
    }
    return problems;
  }

  @Test
  void shouldRefuseAnotherKindOfServer() throws Exception {
    String models = "{\"data\": [{\"id\": \"m\"}]}";

    assertEquals(
        List.of("the server must answer in JSON: url=U/v1/models, body=<html>"),
        foreign(List.of("<html>")));
    assertEquals(
        List.of("the server's answer must have a field: url=U/v1/models, field=data[0].id"),
        foreign(List.of("{}")));
    assertEquals(
        List.of(
            "the server's answer must have a field: url=U/tokenizer_info, field=model_max_length"),
        foreign(List.of(models, "{\"bos_token\": null}")));
  }
}
