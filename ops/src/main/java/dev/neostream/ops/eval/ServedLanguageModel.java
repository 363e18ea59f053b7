package dev.neostream.ops.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.neostream.ops.UserError;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A model behind {@code ops/neo serve}, asked as lm-evaluation-harness asks: {@code
 * /v1/completions} with ids, echo and log-probabilities, {@code /tokenize} and {@code
 * /tokenizer_info}. Numbers travel exactly, so scores are those of the model itself.
 */
public final class ServedLanguageModel implements LanguageModel {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** A long text by a large model, behind others that wait. */
  private static final Duration ANSWER = Duration.ofMinutes(10);

  private static final int MOST_SHOWN = 300;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

  private final String base;
  private final Optional<String> token;
  private final String name;
  private final int context;
  private final int prefix;

  private ServedLanguageModel(String base, Optional<String> token)
      throws IOException, InterruptedException {
    this.base = base;
    this.token = token;
    JsonNode models = get("/v1/models");
    name = required(models.path("data").path(0).path("id"), "/v1/models", "data[0].id").asText();
    JsonNode tokenizer = get("/tokenizer_info");
    context =
        required(tokenizer.path("model_max_length"), "/tokenizer_info", "model_max_length").asInt();
    int[] ids =
        encode(required(tokenizer.path("bos_token"), "/tokenizer_info", "bos_token").asText());
    if (ids.length != 1) {
      throw new UserError(
          "the server must know its bos_token as one id: url=" + base + ", ids=" + ids.length);
    }
    prefix = ids[0];
  }

  /**
   * Asks a server what it serves.
   *
   * @param url of the server, with or without {@code /v1} behind it
   * @param token that it asks for, if it does
   * @throws UserError if it is no such server
   */
  public static ServedLanguageModel open(URI url, Optional<String> token)
      throws IOException, InterruptedException {
    String base = url.toString().replaceFirst("/(v1(/completions)?/?)?$", "");
    return new ServedLanguageModel(base, token);
  }

  @Override
  public ModelFacts facts() {
    return new ModelFacts(name, null, null, null, null, base);
  }

  @Override
  public int context() {
    return context;
  }

  @Override
  public int prefix() {
    return prefix;
  }

  /** Also makes one id of a text that is a control piece and nothing else, as the server does. */
  @Override
  public int[] encode(String text) throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode().put("prompt", text);
    JsonNode tokens = post("/tokenize", body.put("add_special_tokens", false)).path("tokens");
    int[] ids = new int[required(tokens, "/tokenize", "tokens").size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = tokens.get(i).asInt();
    }
    return ids;
  }

  @Override
  public double[] logProbabilities(int[] ids) throws IOException, InterruptedException {
    ObjectNode body = completion(ids, 1).put("logprobs", 1).put("echo", true);
    JsonNode logProbabilities =
        post("/v1/completions", body)
            .path("choices")
            .path(0)
            .path("logprobs")
            .path("token_logprobs");
    // One more than asked about: something must be generated.
    if (logProbabilities.size() != ids.length + 1) {
      throw new UserError(
          "the server must score every token of an echoed prompt and the one it generates: url="
              + base
              + ", tokens="
              + (ids.length + 1)
              + ", scored="
              + logProbabilities.size());
    }
    double[] values = new double[ids.length - 1];
    for (int i = 0; i < values.length; i++) {
      values[i] = logProbabilities.get(i + 1).doubleValue();
    }
    return values;
  }

  @Override
  public String generate(int[] prompt, int maxTokens, List<String> stops)
      throws IOException, InterruptedException {
    ObjectNode body = completion(prompt, maxTokens);
    stops.forEach(body.putArray("stop")::add);
    JsonNode text = post("/v1/completions", body).path("choices").path(0).path("text");
    return required(text, "/v1/completions", "choices[0].text").asText();
  }

  private ObjectNode completion(int[] prompt, int maxTokens) {
    ObjectNode body =
        JSON.createObjectNode()
            .put("model", name)
            .put("max_tokens", maxTokens)
            .put("temperature", 0);
    var ids = body.putArray("prompt");
    for (int id : prompt) {
      ids.add(id);
    }
    return body;
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    return answer(path, request(path).GET());
  }

  private JsonNode post(String path, ObjectNode body) throws IOException, InterruptedException {
    return answer(
        path,
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(ANSWER);
    token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    return request;
  }

  private JsonNode answer(String path, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> response;
    try {
      response = client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UserError("the server must answer: url=" + base + path + ", problem=" + e, e);
    }
    if (response.statusCode() != 200) {
      throw new UserError(
          "the server must answer with 200: url=%s%s, status=%d, body=%s"
              .formatted(base, path, response.statusCode(), shown(response.body())));
    }
    try {
      return JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new UserError(
          "the server must answer in JSON: url=%s%s, body=%s"
              .formatted(base, path, shown(response.body())),
          e);
    }
  }

  private JsonNode required(JsonNode value, String path, String field) {
    if (value.isMissingNode() || value.isNull()) {
      throw new UserError(
          "the server's answer must have a field: url=" + base + path + ", field=" + field);
    }
    return value;
  }

  private static String shown(String body) {
    return body.length() <= MOST_SHOWN ? body : body.substring(0, MOST_SHOWN) + "...";
  }

  /** Does nothing: connections end when they have been idle. */
  @Override
  public void close() {}
}
