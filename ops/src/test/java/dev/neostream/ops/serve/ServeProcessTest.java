package dev.neostream.ops.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.NeoProcess;
import dev.neostream.ops.cli.Main;
import dev.neostream.ops.run.RunFolder;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The verb as a process of its own, because the JDK's server is set up once a process. */
@Timeout(120)
class ServeProcessTest {

  private static final Pattern SERVING =
      Pattern.compile("Serving (\\S+), a context of 16 tokens, .* at http://127.0.0.1:(\\d+)/v1");

  @TempDir Path folder;

  /** {@code ops/neo} with little patience for requests. */
  static final class Impatient {

    private Impatient() {}

    public static void main(String[] args) {
      System.setProperty("sun.net.httpserver.maxReqTime", "1");
      System.setProperty("sun.net.httpserver.timerMillis", "200");
      Main.main(args);
    }
  }

  @Test
  void shouldServeTheNewestCheckpointUntilItIsStopped() throws Exception {
    var run = new RunFolder(folder.resolve("run"));
    StoredTinyModel.save(run, 7, 16);
    StoredTinyModel.save(run, 19, 16);
    Path token = Files.writeString(folder.resolve("token"), "open-sesame\n");
    Path output = Files.createFile(folder.resolve("output"));
    NeoProcess neo =
        NeoProcess.start(
            output,
            Impatient.class,
            List.of(
                "serve",
                "--dir",
                run.root().toString(),
                "--port",
                "0",
                "--token-file",
                token.toString()));
    try {
      neo.await("it serves", () -> SERVING.matcher(neo.printed()).find());
      Matcher serving = SERVING.matcher(neo.printed());
      assertTrue(serving.find());
      assertEquals("step-00000019", serving.group(1));
      int port = Integer.parseInt(serving.group(2));

      // More of them than there are threads: were they not cut off, nothing would be answered.
      Socket[] slow = new Socket[70];
      for (int i = 0; i < slow.length; i++) {
        slow[i] = new Socket(InetAddress.getLoopbackAddress(), port);
        slow[i]
            .getOutputStream()
            .write("POST /v1/completions HTTP/1.1\r\nHost: lo".getBytes(UTF_8));
      }
      var response =
          new Client(port)
              .send(
                  "POST",
                  "/v1/completions",
                  "{\"prompt\": \"a\"}",
                  "Content-Type",
                  "application/json",
                  "Authorization",
                  "Bearer open-sesame");
      assertEquals(200, response.statusCode(), response.body());
      for (Socket socket : slow) {
        assertEquals(0, socket.getInputStream().readAllBytes().length);
        socket.close();
      }

      neo.terminate();
      assertEquals(130, neo.await());
    } finally {
      neo.kill();
    }
  }
}
