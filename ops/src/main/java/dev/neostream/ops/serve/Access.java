package dev.neostream.ops.serve;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Pattern;

/** Who may ask: whoever knows the token, if there is one, and calls the server by a local name. */
final class Access {

  /**
   * A page of the web can make a browser ask this machine under a name of the page's own; the name
   * gives it away.
   */
  private static final Pattern LOCAL =
      Pattern.compile(
          "(localhost|127\\.0\\.0\\.1|\\[::1\\])(:\\d{1,5})?", Pattern.CASE_INSENSITIVE);

  private static final String SCHEME = "Bearer ";

  private final Optional<byte[]> token;

  Access(Optional<String> token) {
    this.token = token.map(secret -> secret.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Refuses a request from elsewhere.
   *
   * @throws ApiError if the Host header is not a local name
   */
  void requireLocal(HttpExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst("Host");
    if (host == null || !LOCAL.matcher(host).matches()) {
      throw ApiError.invalid(
          403, null, "host_not_allowed", "the Host header must be localhost, 127.0.0.1 or [::1]");
    }
  }

  /**
   * Refuses a request without the token.
   *
   * @throws ApiError if there is a token and the request has another or none
   */
  void requireToken(HttpExchange exchange) {
    if (token.isEmpty()) {
      return;
    }
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    String secret =
        given != null && given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
            ? given.substring(SCHEME.length())
            : "";
    // Takes as long for a token that is nearly right as for one that is all wrong.
    if (!MessageDigest.isEqual(secret.getBytes(StandardCharsets.UTF_8), token.get())) {
      throw ApiError.unauthorized("the header must be given: Authorization: Bearer TOKEN");
    }
  }
}
