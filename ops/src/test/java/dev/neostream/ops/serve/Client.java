package dev.neostream.ops.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.ops.monitor.Scrape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/** Asks a server on loopback. */
record Client(int port) {

  static final ObjectMapper JSON = new ObjectMapper();

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Sends a request as it is. */
  HttpResponse<String> send(String method, String path, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  HttpResponse<String> post(String path, String body) {
    return send("POST", path, body, "Content-Type", "application/json");
  }

  JsonNode get(String path) {
    return answer(send("GET", path, ""));
  }

  JsonNode ask(String path, String body) {
    return answer(post(path, body));
  }

  /** Returns the only choice of a completion. */
  JsonNode complete(String body) {
    JsonNode choices = ask("/v1/completions", body).path("choices");
    assertEquals(1, choices.size());
    return choices.get(0);
  }

  /** Returns the number of a sample of {@code /metrics}; 0 if it is not there yet. */
  double metric(String sample) throws IOException, InterruptedException {
    return Scrape.of(port).samples().getOrDefault(sample, 0.0);
  }

  /** Returns the events of a stream, without the one that ends it, which must be there. */
  List<JsonNode> stream(String body) {
    HttpResponse<String> response = post("/v1/completions", body);
    assertEquals(200, response.statusCode(), response.body());
    assertEquals("text/event-stream", response.headers().firstValue("Content-Type").orElse(""));
    List<String> events = List.of(response.body().split("\n\n"));
    assertEquals("data: [DONE]", events.get(events.size() - 1));
    return events.subList(0, events.size() - 1).stream()
        .map(event -> read(event.substring("data: ".length())))
        .toList();
  }

  private static JsonNode answer(HttpResponse<String> response) {
    assertEquals(200, response.statusCode(), response.body());
    assertEquals("application/json", response.headers().firstValue("Content-Type").orElse(""));
    return read(response.body());
  }

  static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(json, e);
    }
  }
}
