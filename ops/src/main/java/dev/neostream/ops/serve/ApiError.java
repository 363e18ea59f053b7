package dev.neostream.ops.serve;

/** A request that is not answered as asked, in the form of OpenAI's errors. */
final class ApiError extends RuntimeException {

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
  static ApiError invalid(String param, String message) {
    return invalid(400, param, null, message);
  }

  /** The request is wrong in a way that has a status or a code of its own. */
  static ApiError invalid(int status, String param, String code, String message) {
    return new ApiError(status, "invalid_request_error", param, code, message);
  }

  /** The caller is not known. */
  static ApiError unauthorized(String message) {
    return new ApiError(401, "authentication_error", null, "invalid_api_key", message);
  }

  /** The request may be right, and another time it will be answered. */
  static ApiError unavailable(String message) {
    return new ApiError(503, "server_error", null, "overloaded", message);
  }

  /** What should have been answered was not. */
  static ApiError failed(String message) {
    return new ApiError(500, "server_error", null, null, message);
  }

  /** HTTP status. */
  int status() {
    return status;
  }

  String type() {
    return type;
  }

  /** The field that is wrong, or null. */
  String param() {
    return param;
  }

  /** What programs may look for, or null. */
  String code() {
    return code;
  }
}
