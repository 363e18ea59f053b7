package dev.neostream.ops.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.trainer.generate.CompletionChunk;
import dev.neostream.trainer.generate.CompletionRequest;
import dev.neostream.trainer.generate.ScoredToken;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is answered, as JSON in OpenAI's form, or vLLM's where OpenAI has none. */
final class Answers {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Answers() {}

  /** Returns the bytes of an answer. */
  static byte[] bytes(ObjectNode answer) {
    try {
      return JSON.writeValueAsBytes(answer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer must have a JSON form", e);
    }
  }

  /**
   * Which completion an answer is of.
   *
   * @param created seconds since 1970
   */
  record Heading(String id, long created, String model) {}

  /** Returns a chunk of a completion, the only choice of an answer. */
  static ObjectNode chunk(Heading heading, int index, CompletionChunk chunk) {
    ObjectNode answer = completion(heading);
    Optional<ObjectNode> scores =
        chunk.tokens().isEmpty() ? Optional.empty() : Optional.of(scores(chunk.tokens()));
    addChoice(answer, index, chunk.text(), scores, chunk.finish());
    return answer;
  }

  /**
   * Returns whole completions.
   *
   * @param chunks of each request
   * @param generated tokens in all
   */
  static ObjectNode completions(
      Heading heading,
      List<CompletionRequest> requests,
      List<List<CompletionChunk>> chunks,
      int generated) {
    ObjectNode answer = completion(heading);
    int prompts = 0;
    for (int index = 0; index < requests.size(); index++) {
      List<CompletionChunk> own = chunks.get(index);
      var text = new StringBuilder();
      own.forEach(chunk -> text.append(chunk.text()));
      Optional<ObjectNode> scores =
          requests.get(index).logProbabilities().isEmpty()
              ? Optional.empty()
              : Optional.of(
                  scores(own.stream().flatMap(chunk -> chunk.tokens().stream()).toList()));
      addChoice(answer, index, text.toString(), scores, own.get(own.size() - 1).finish());
      prompts += requests.get(index).prompt().length;
    }
    answer.set("usage", usage(prompts, generated));
    return answer;
  }

  private static ObjectNode usage(int prompts, int generated) {
    return JSON.createObjectNode()
        .put("prompt_tokens", prompts)
        .put("completion_tokens", generated)
        .put("total_tokens", prompts + generated);
  }

  /** Returns a whole answer of the assistant. */
  static ObjectNode chat(
      Heading heading, String text, CompletionChunk.Finish finish, int prompt, int generated) {
    ObjectNode answer = heading(heading, "chat.completion");
    ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
    choice.putObject("message").put("role", "assistant").put("content", text);
    choice.putNull("logprobs").put("finish_reason", reason(finish));
    answer.set("usage", usage(prompt, generated));
    return answer;
  }

  /** Returns the chunk that begins an answer of the assistant. */
  static ObjectNode chatBegin(Heading heading) {
    return chatChunk(
        heading,
        JSON.createObjectNode().put("role", "assistant").put("content", ""),
        Optional.empty());
  }

  /** Returns the chunk with the next piece of an answer. */
  static ObjectNode chatText(Heading heading, String text) {
    return chatChunk(heading, JSON.createObjectNode().put("content", text), Optional.empty());
  }

  /** Returns the chunk that ends an answer. */
  static ObjectNode chatEnd(Heading heading, CompletionChunk.Finish finish) {
    return chatChunk(heading, JSON.createObjectNode(), Optional.of(finish));
  }

  /** Returns the chunk that says, after the end, how many tokens an answer took. */
  static ObjectNode chatUsage(Heading heading, int prompt, int generated) {
    ObjectNode answer = heading(heading, "chat.completion.chunk");
    answer.putArray("choices");
    answer.set("usage", usage(prompt, generated));
    return answer;
  }

  private static ObjectNode chatChunk(
      Heading heading, ObjectNode delta, Optional<CompletionChunk.Finish> finish) {
    ObjectNode answer = heading(heading, "chat.completion.chunk");
    ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
    choice.set("delta", delta);
    choice.putNull("logprobs").put("finish_reason", finish.map(Answers::reason).orElse(null));
    return answer;
  }

  private static ObjectNode completion(Heading heading) {
    ObjectNode answer = heading(heading, "text_completion");
    answer.putArray("choices");
    return answer;
  }

  private static ObjectNode heading(Heading heading, String object) {
    return JSON.createObjectNode()
        .put("id", heading.id())
        .put("object", object)
        .put("created", heading.created())
        .put("model", heading.model());
  }

  private static String reason(CompletionChunk.Finish finish) {
    return finish.name().toLowerCase(Locale.ROOT);
  }

  private static void addChoice(
      ObjectNode answer,
      int index,
      String text,
      Optional<ObjectNode> scores,
      Optional<CompletionChunk.Finish> finish) {
    ObjectNode choice = answer.withArray("choices").addObject();
    choice.put("text", text).put("index", index);
    choice.set("logprobs", scores.orElse(null));
    choice.put("finish_reason", finish.map(Answers::reason).orElse(null));
  }

  private static ObjectNode scores(List<ScoredToken> scored) {
    ObjectNode scores = JSON.createObjectNode();
    ArrayNode tokens = scores.putArray("tokens");
    ArrayNode own = scores.putArray("token_logprobs");
    ArrayNode top = scores.putArray("top_logprobs");
    ArrayNode offsets = scores.putArray("text_offset");
    for (ScoredToken token : scored) {
      tokens.add(token.token());
      offsets.add(token.offset());
      if (token.score().isEmpty()) {
        own.addNull();
        top.addNull();
      } else {
        ScoredToken.Score score = token.score().get();
        own.add(score.logProbability());
        ObjectNode likeliest = top.addObject();
        score.top().forEach(likeliest::put);
      }
    }
    return scores;
  }

  static ObjectNode models(ServedModel model) {
    ObjectNode answer = JSON.createObjectNode();
    answer
        .put("object", "list")
        .putArray("data")
        .addObject()
        .put("id", model.name())
        .put("object", "model")
        .put("created", model.created())
        .put("owned_by", "neo-stream")
        .put("max_model_len", model.context());
    return answer;
  }

  static ObjectNode tokens(ServedModel model, int[] ids) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode tokens = answer.putArray("tokens");
    Arrays.stream(ids).forEach(tokens::add);
    return answer.put("count", ids.length).put("max_model_len", model.context());
  }

  static ObjectNode text(String text) {
    return JSON.createObjectNode().put("prompt", text);
  }

  /** Returns what stands before a text and after it, as the exported tokenizer says too. */
  static ObjectNode tokenizer(ServedModel model) {
    Tokenizer tokenizer = model.tokenizer();
    String end = tokenizer.vocabulary().piece(tokenizer.endOfDocument());
    return JSON.createObjectNode()
        .put("eos_token", end)
        .put("bos_token", end)
        .putNull("pad_token")
        .putNull("chat_template")
        .put("add_bos_token", false)
        .put("vocab_size", tokenizer.vocabSize())
        .put("model_max_length", model.context());
  }

  static ObjectNode health(ModelThread thread) {
    return JSON.createObjectNode()
        .put("status", "ok")
        .put("running", thread.running() ? 1 : 0)
        .put("waiting", thread.waiting())
        .put("generated_tokens", thread.generated());
  }
}
