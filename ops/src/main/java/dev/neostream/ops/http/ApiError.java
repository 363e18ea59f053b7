package dev.neostream.ops.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/** A request that is not answered as asked, in the form of OpenAI's errors. */
public final class ApiError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final String param;
  private final String code;

  private ApiError(int status, String type, String param, String code, String message) {
    super(message, null, false, false); // an answer, not a failure: no stack trace
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
  }

  /**
   * The request is wrong.
   *
   * @param param the field, or null
   */
  public static ApiError invalid(String param, String message) {
    return invalid(400, param, null, message);
  }

  /** The request is wrong in a way that has a status or a code of its own. */
  public static ApiError invalid(int status, String param, String code, String message) {
    return new ApiError(status, "invalid_request_error", param, code, message);
  }

  /** The caller is not known. */
  public static ApiError unauthorized(String message) {
    return new ApiError(401, "authentication_error", null, "invalid_api_key", message);
  }

  /** The request may be right, and another time it will be answered. */
  public static ApiError unavailable(String message) {
    return new ApiError(503, "server_error", null, "overloaded", message);
  }

  /** What should have been answered was not. */
  public static ApiError failed(String message) {
    return new ApiError(500, "server_error", null, null, message);
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** Returns the bytes of the answer that says so. */
  byte[] json() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer
        .putObject("error")
        .put("message", getMessage())
        .put("type", type)
        .put("param", param)
        .put("code", code);
    return answer.toString().getBytes(StandardCharsets.UTF_8);
  }
}
