package dev.neostream.ops.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.neostream.ops.http.ApiError;
import dev.neostream.ops.http.RequestBody;
import dev.neostream.trainer.generate.CompletionRequest;
import dev.neostream.trainer.generate.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a body of {@code /v1/completions} asks for.
 *
 * @param requests one a prompt, in order, each as if it had come alone
 * @param stream whether chunks are sent as they come
 */
record CompletionCall(List<CompletionRequest> requests, boolean stream) {

  /** Prompts of one request; what they generate is held until it is sent. */
  private static final int MAX_PROMPTS = 64;

  /** As OpenAI. */
  private static final int MAX_LOG_PROBABILITIES = 5;

  private static final int MAX_STOPS = 16;
  private static final int MAX_STOP_LENGTH = 256;

  /** As OpenAI. */
  private static final int STANDARD_MAX_TOKENS = 16;

  /**
   * Reads a body.
   *
   * @throws ApiError naming what must hold of which field
   */
  static CompletionCall read(RequestBody body, ServedModel model) {
    model.requireNamed(body);
    List<int[]> prompts = prompts(body, model);
    int maxTokens = body.integer("max_tokens", STANDARD_MAX_TOKENS, 0, Integer.MAX_VALUE);
    boolean scored = !body.field("logprobs").isNull();
    int logProbabilities = body.integer("logprobs", 0, 0, MAX_LOG_PROBABILITIES);
    Sampling sampling = sampling(body);
    List<String> stops = stops(body);
    boolean echo = body.flag("echo");
    boolean stream = body.flag("stream");
    refuseWhatIsNotDone(body);
    body.requireNoOthers();
    return new CompletionCall(
        prompts.stream()
            .map(
                prompt ->
                    new CompletionRequest(
                        prompt,
                        maxTokens,
                        sampling,
                        stops,
                        echo,
                        scored ? OptionalInt.of(logProbabilities) : OptionalInt.empty()))
            .toList(),
        stream);
  }

  /** Reads how tokens are drawn, which chats say as completions do. */
  static Sampling sampling(RequestBody body) {
    return new Sampling(
        body.number("temperature", 1, 0, 100),
        Math.max(Sampling.ALL, body.integer("top_k", -1, -1, Integer.MAX_VALUE)),
        body.number("top_p", 1, 0, 1),
        body.integer("seed", ThreadLocalRandom.current().nextLong()));
  }

  private static List<int[]> prompts(RequestBody body, ServedModel model) {
    JsonNode field = body.field("prompt");
    List<int[]> prompts = new ArrayList<>();
    if (field.isTextual()) {
      prompts.add(model.encode("prompt", field.textValue()));
    } else if (field.isArray() && field.size() > 0 && field.get(0).isNumber()) {
      prompts.add(model.ids("prompt", field));
    } else {
      if (!field.isArray() || field.isEmpty()) {
        throw body.range("prompt", "a text, an array of token ids, or an array of either");
      }
      if (field.size() > MAX_PROMPTS) {
        throw ApiError.invalid(
            "prompt",
            "prompt must hold at most " + MAX_PROMPTS + " prompts: prompts=" + field.size());
      }
      boolean texts = field.get(0).isTextual();
      for (JsonNode prompt : field) {
        if (texts ? !prompt.isTextual() : !prompt.isArray()) {
          throw body.range("prompt", "a text, an array of token ids, or an array of either");
        }
        prompts.add(
            texts ? model.encode("prompt", prompt.textValue()) : model.ids("prompt", prompt));
      }
    }
    for (int i = 0; i < prompts.size(); i++) {
      requireLength(i, prompts.get(i).length, model.context());
    }
    return prompts;
  }

  private static void requireLength(int prompt, int tokens, int context) {
    if (tokens == 0) {
      throw ApiError.invalid(
          "prompt", "a prompt must hold at least one token: prompt=" + prompt + ", tokens=0");
    }
    if (tokens > context) {
      throw ApiError.invalid(
          400,
          "prompt",
          "context_length_exceeded",
          "a prompt must fit the model's context: prompt="
              + prompt
              + ", tokens="
              + tokens
              + ", context="
              + context);
    }
  }

  /** Reads the texts that end an answer. */
  static List<String> stops(RequestBody body) {
    JsonNode field = body.field("stop");
    String rule =
        "a text or an array of at most "
            + MAX_STOPS
            + ", of 1 to "
            + MAX_STOP_LENGTH
            + " characters";
    if (field.isNull()) {
      return List.of();
    }
    Iterable<JsonNode> given = field.isTextual() ? List.of(field) : field;
    List<String> stops = new ArrayList<>();
    for (JsonNode stop : given) {
      if (!stop.isTextual()
          || stop.textValue().isEmpty()
          || stop.textValue().length() > MAX_STOP_LENGTH) {
        throw body.range("stop", rule);
      }
      stops.add(stop.textValue());
    }
    if (!field.isTextual() && !field.isArray() || stops.size() > MAX_STOPS) {
      throw body.range("stop", rule);
    }
    return stops;
  }

  /** Fields that clients send with the value that changes nothing are taken with that alone. */
  private static void refuseWhatIsNotDone(RequestBody body) {
    body.integer("n", 1, 1, 1);
    body.integer("best_of", 1, 1, 1);
    body.number("presence_penalty", 0, 0, 0);
    body.number("frequency_penalty", 0, 0, 0);
    for (String name : List.of("suffix", "logit_bias", "stream_options")) {
      if (!body.field(name).isNull()) {
        throw body.range(name, "absent or null, it is not supported");
      }
    }
    if (!body.field("user").isNull()) {
      body.text("user"); // names whom the request is for: nothing here depends on it
    }
  }
}
