package dev.neostream.ops.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Pattern;

/** Who may ask: whoever knows the token, if there is one, and calls the server by a local name. */
public final class Access {

  /**
   * A page of the web can make a browser ask this machine under a name of the page's own; the name
   * gives it away.
   */
  private static final Pattern LOCAL =
      Pattern.compile(
          "(localhost|127\\.0\\.0\\.1|\\[::1\\])(:\\d{1,5})?", Pattern.CASE_INSENSITIVE);

  private static final String SCHEME = "Bearer ";

  private final Optional<byte[]> token;

  /**
   * @param token what callers must know; empty lets everyone on the machine ask
   */
  public Access(Optional<String> token) {
    this.token = token.map(secret -> secret.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Refuses a request from elsewhere.
   *
   * @throws ApiError if the Host header is not a local name
   */
  void requireLocal(Call call) {
    String host = call.header("Host").orElse("");
    if (!LOCAL.matcher(host).matches()) {
      throw ApiError.invalid(
          403, null, "host_not_allowed", "the Host header must be localhost, 127.0.0.1 or [::1]");
    }
  }

  /**
   * Refuses what a browser sends for a page of another site. Programs that are no browsers send
   * neither header.
   *
   * @throws ApiError if the request says that it comes from another page than this server's
   */
  public void requireOwnPage(Call call) {
    String own = "http://" + call.header("Host").orElse("");
    String site = call.header("Sec-Fetch-Site").orElse("none");
    if (!call.header("Origin").orElse(own).equalsIgnoreCase(own)
        || !(site.equals("same-origin") || site.equals("none"))) {
      throw ApiError.invalid(
          403, null, "origin_not_allowed", "the request must come from this server's own page");
    }
  }

  /**
   * Refuses a request without the token.
   *
   * @throws ApiError if there is a token and the request has another or none
   */
  public void requireToken(Call call) {
    if (token.isEmpty()) {
      return;
    }
    String given = call.header("Authorization").orElse("");
    String secret =
        given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
            ? given.substring(SCHEME.length())
            : "";
    // Takes as long for a token that is nearly right as for one that is all wrong.
    if (!MessageDigest.isEqual(secret.getBytes(StandardCharsets.UTF_8), token.get())) {
      throw ApiError.unauthorized("the header must be given: Authorization: Bearer TOKEN");
    }
  }
}
