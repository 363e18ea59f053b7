package dev.neostream.ops.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.neostream.ops.http.ApiError;
import dev.neostream.ops.http.RequestBody;
import dev.neostream.tokens.chat.Role;
import dev.neostream.tokens.chat.Turn;
import dev.neostream.trainer.generate.CompletionRequest;
import dev.neostream.trainer.generate.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * What a body of {@code /v1/chat/completions} asks for.
 *
 * @param request the conversation as the model reads it, and how its answer is generated
 * @param stream whether chunks are sent as they come
 * @param usage whether a stream ends with how many tokens it took
 */
record ChatCall(CompletionRequest request, boolean stream, boolean usage) {

  /**
   * Reads a body.
   *
   * @throws ApiError naming what must hold of which field
   */
  static ChatCall read(RequestBody body, ServedModel model) {
    model.requireNamed(body);
    int[] prompt = model.conversation("messages", turns(body));
    int maxTokens = maxTokens(body, prompt.length, model.context());
    Sampling sampling = CompletionCall.sampling(body);
    List<String> stops = CompletionCall.stops(body);
    boolean stream = body.flag("stream");
    boolean usage = usage(body, stream);
    refuseWhatIsNotDone(body);
    body.requireNoOthers();
    return new ChatCall(
        new CompletionRequest(prompt, maxTokens, sampling, stops, false, OptionalInt.empty()),
        stream,
        usage);
  }

  private static List<Turn> turns(RequestBody body) {
    List<Turn> turns = new ArrayList<>();
    for (RequestBody message : body.objects("messages")) {
      Role role = role(message);
      if (role == Role.SYSTEM && !turns.isEmpty()) {
        throw message.range("role", "user or assistant after the first message");
      }
      turns.add(new Turn(role, content(message)));
      // What clients send back of an answer besides its text.
      requireNone(message, "name", "refusal", "tool_calls", "function_call", "audio");
      message.requireNoOthers();
    }
    Role last = turns.get(turns.size() - 1).role();
    if (last != Role.USER) {
      throw ApiError.invalid(
          "messages",
          "messages must end with one of the user: messages="
              + turns.size()
              + ", last="
              + last.name().toLowerCase(Locale.ROOT));
    }
    return turns;
  }

  private static Role role(RequestBody message) {
    return switch (message.field("role").asText()) {
      case "system" -> Role.SYSTEM;
      case "user" -> Role.USER;
      case "assistant" -> Role.ASSISTANT;
      default -> throw message.range("role", "system, user or assistant");
    };
  }

  private static String content(RequestBody message) {
    JsonNode content = message.field("content");
    if (content.isTextual()) {
      return content.textValue();
    }
    if (!content.isArray()) {
      throw message.range("content", "a text or an array of parts that are texts");
    }
    var text = new StringBuilder();
    for (RequestBody part : message.objects("content")) {
      if (!part.text("type").equals("text")) {
        throw part.range("type", "text");
      }
      text.append(part.text("text"));
      part.requireNoOthers();
    }
    return text.toString();
  }

  /** Returns how many tokens may be generated, as many as there is room for unless asked. */
  private static int maxTokens(RequestBody body, int prompt, int context) {
    JsonNode former = body.field("max_tokens");
    JsonNode present = body.field("max_completion_tokens");
    if (!former.isNull() && !present.isNull() && !former.equals(present)) {
      throw body.range("max_tokens", "absent or equal to max_completion_tokens");
    }
    String name = present.isNull() ? "max_tokens" : "max_completion_tokens";
    int most = body.integer(name, Math.max(1, context - prompt), 1, Integer.MAX_VALUE);
    if (prompt > context - most) {
      throw ApiError.invalid(
          400,
          "messages",
          "context_length_exceeded",
          "messages and "
              + name
              + " must fit the model's context: tokens="
              + prompt
              + ", "
              + name
              + "="
              + most
              + ", context="
              + context);
    }
    return most;
  }

  private static boolean usage(RequestBody body, boolean stream) {
    var options = body.object("stream_options");
    if (options.isEmpty()) {
      return false;
    }
    if (!stream) {
      throw body.range("stream_options", "absent or null unless stream is true");
    }
    boolean usage = options.get().flag("include_usage");
    options.get().requireNoOthers();
    return usage;
  }

  /** Fields that clients send with the value that changes nothing are taken with that alone. */
  private static void refuseWhatIsNotDone(RequestBody body) {
    body.integer("n", 1, 1, 1);
    body.number("presence_penalty", 0, 0, 0);
    body.number("frequency_penalty", 0, 0, 0);
    if (body.flag("logprobs")) {
      throw body.range("logprobs", "absent, null or false; /v1/completions has them");
    }
    requireNone(body, "top_logprobs", "logit_bias", "tools", "tool_choice", "response_format");
    if (!body.field("user").isNull()) {
      body.text("user"); // names whom the request is for: nothing here depends on it
    }
  }

  private static void requireNone(RequestBody body, String... names) {
    for (String name : names) {
      if (!body.field(name).isNull()) {
        throw body.range(name, "absent or null, it is not supported");
      }
    }
  }
}
