package dev.neostream.ops.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** One request and what is answered to it. For the thread that was given it. */
public final class Call {

  /** Longest body, bytes. */
  public static final int MAX_BODY = 1 << 20;

  /** What is read of a longer body before it is refused, so that its sender reads the answer. */
  private static final int MAX_DISCARDED = 8 << 20;

  private final HttpExchange exchange;
  private final Reply reply;

  Call(HttpExchange exchange, Reply reply) {
    this.exchange = exchange;
    this.reply = reply;
  }

  public String path() {
    return exchange.getRequestURI().getPath();
  }

  /** Returns a request header's first value. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  /**
   * Returns a parameter of the query, decoded; empty if it is not there.
   *
   * @throws ApiError if the query is not what a browser would make of names and values
   */
  public Optional<String> parameter(String name) {
    String query = exchange.getRequestURI().getRawQuery();
    if (query == null) {
      return Optional.empty();
    }
    try {
      for (String pair : query.split("&", -1)) {
        String[] parts = pair.split("=", 2);
        if (parts.length == 2 && parts[0].equals(name)) {
          return Optional.of(URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
      }
    } catch (IllegalArgumentException e) {
      throw ApiError.invalid(name, name + " must be percent-encoded UTF-8");
    }
    return Optional.empty();
  }

  public boolean isMethod(String method) {
    return exchange.getRequestMethod().equals(method);
  }

  /**
   * Refuses any other method.
   *
   * @throws ApiError if the request's is another
   */
  public void requireMethod(String method) {
    if (!isMethod(method)) {
      exchange.getResponseHeaders().set("Allow", method);
      throw ApiError.invalid(
          405, null, "method_not_allowed", "the method of this path must be " + method);
    }
  }

  /**
   * Reads the JSON object of a POST.
   *
   * @throws ApiError if the request is no such thing
   */
  public RequestBody body() throws IOException {
    requireMethod("POST");
    String type = header("Content-Type").orElse("");
    // Also what a browser does not send to another site without asking it first.
    if (!type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("application/json")) {
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

  /** Sets a header of the answer. */
  public void answerHeader(String name, String value) {
    exchange.getResponseHeaders().set(name, value);
  }

  /** Answers. */
  public void send(int status, String mediaType, byte[] body) throws IOException {
    reply.send(status, mediaType, body);
  }

  /** Answers with JSON. */
  public void json(int status, byte[] body) throws IOException {
    reply.send(status, "application/json", body);
  }

  /** Sends one event of a stream, which the first one begins. */
  public void event(byte[] event) throws IOException {
    reply.event(event);
  }

  /** Ends a stream. */
  public void end() throws IOException {
    reply.end();
  }

  /** Whether events are being sent, so that nothing else can be. */
  boolean streams() {
    return reply.streams();
  }
}
