package dev.neostream.ops.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A tab of a headless Chromium, driven over the DevTools protocol. */
final class Browser implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long ANSWER_SECONDS = 30;
  private static final long LOOK_EVERY_MS = 50;

  private final Process process;
  private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private WebSocket socket;
  private int last;

  private Browser(Process process) {
    this.process = process;
  }

  /** Returns the machine's Chromium, empty if it has none. */
  static Optional<Path> installed() {
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .map(name -> Path.of("/usr/bin", name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Opens an empty tab.
   *
   * @param profile folder for what a browser keeps
   */
  static Browser open(Path chromium, Path profile) throws Exception {
    Process process =
        new ProcessBuilder(
                chromium.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-dev-shm-usage",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .start();
    var browser = new Browser(process);
    try {
      browser.connect();
      return browser;
    } catch (Exception | Error e) {
      browser.close();
      throw e;
    }
  }

  private void connect() throws Exception {
    BufferedReader printed = process.inputReader(StandardCharsets.UTF_8);
    String line = printed.readLine();
    while (line != null && !line.startsWith("DevTools listening on ws://")) {
      line = printed.readLine();
    }
    if (line == null) {
      throw new IOException("Chromium must start");
    }
    int port = URI.create(line.substring("DevTools listening on ".length())).getPort();
    // What it prints from now on nobody reads, and it must not wait for that.
    var drain = new Thread(() -> printed.lines().forEach(ignored -> {}), "chromium");
    drain.setDaemon(true);
    drain.start();
    HttpClient http = HttpClient.newHttpClient();
    var list =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list")).build();
    JsonNode tabs = JSON.readTree(http.send(list, HttpResponse.BodyHandlers.ofString()).body());
    for (JsonNode tab : tabs) {
      if (tab.path("type").asText().equals("page")) {
        socket =
            http.newWebSocketBuilder()
                .buildAsync(URI.create(tab.path("webSocketDebuggerUrl").asText()), new Listener())
                .get(ANSWER_SECONDS, TimeUnit.SECONDS);
      }
    }
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(domain + ".enable", Map.of());
    }
  }

  private final class Listener implements WebSocket.Listener {

    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean whole) {
      text.append(part);
      if (whole) {
        receive(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private void receive(String message) {
    JsonNode json;
    try {
      json = JSON.readTree(message);
    } catch (IOException e) {
      throw new IllegalStateException(message, e);
    }
    if (json.has("id")) {
      asked.remove(json.path("id").asInt()).complete(json);
      return;
    }
    JsonNode params = json.path("params");
    switch (json.path("method").asText()) {
      case "Runtime.exceptionThrown" -> errors.add(params.path("exceptionDetails").toString());
      case "Log.entryAdded" -> {
        if (params.path("entry").path("level").asText().equals("error")) {
          errors.add(params.path("entry").toString());
        }
      }
      case "Runtime.consoleAPICalled" -> {
        if (params.path("type").asText().equals("error")) {
          errors.add(params.toString());
        }
      }
      default -> {}
    }
  }

  private JsonNode call(String method, Map<String, ?> params) throws Exception {
    last++;
    ObjectNode message = JSON.createObjectNode().put("id", last).put("method", method);
    message.set("params", JSON.valueToTree(params));
    var answer = new CompletableFuture<JsonNode>();
    asked.put(last, answer);
    socket.sendText(message.toString(), true).get(ANSWER_SECONDS, TimeUnit.SECONDS);
    JsonNode json = answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    if (json.has("error")) {
      throw new AssertionError(method + ": " + json.path("error"));
    }
    return json.path("result");
  }

  /** Returns what the console called errors so far, and what scripts threw. */
  List<String> errors() {
    return new ArrayList<>(errors);
  }

  /** Loads a page of a server. */
  void go(String url) throws Exception {
    call("Page.navigate", Map.of("url", url));
    await("location.protocol === 'http:' && document.readyState === 'complete'");
  }

  /** Returns the value of a JavaScript expression as text. */
  String value(String expression) throws Exception {
    JsonNode result =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (result.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + result.path("exceptionDetails"));
    }
    return result.path("result").path("value").asText();
  }

  /** Waits until a JavaScript expression is true. */
  void await(String expression) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2 * ANSWER_SECONDS);
    while (!value("!!(" + expression + ")").equals("true")) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "must become true: " + expression + "; page: " + value("document.body.innerText"));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
    }
  }

  /** Makes the window so wide, and its user like light or dark. */
  void look(int width, String scheme) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
    call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** Writes the whole page as PNG. */
  void picture(Path file) throws Exception {
    String data =
        call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true))
            .path("data")
            .asText();
    Files.write(file, Base64.getDecoder().decode(data));
  }

  /** Types a key at whatever has the focus. */
  void key(String key) throws Exception {
    for (String type : List.of("keyDown", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", code(key)));
    }
  }

  private static int code(String key) {
    return switch (key) {
      case "Tab" -> 9;
      case "Enter" -> 13;
      case "ArrowLeft" -> 37;
      case "ArrowRight" -> 39;
      default -> throw new IllegalArgumentException("there is no code for this key: key=" + key);
    };
  }

  @Override
  public void close() throws InterruptedException {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle handle : all) {
      handle.onExit().join();
    }
  }
}
