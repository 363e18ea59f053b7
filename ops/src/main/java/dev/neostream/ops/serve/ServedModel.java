package dev.neostream.ops.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.neostream.ops.http.ApiError;
import dev.neostream.ops.http.RequestBody;
import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.chat.ChatTemplate;
import dev.neostream.tokens.chat.Turn;
import dev.neostream.trainer.checkpoint.StoredModel;
import java.util.List;

/**
 * What requests are about.
 *
 * @param name what they call it: the checkpoint's folder
 * @param created seconds since 1970
 * @param context longest sequence, tokens
 */
record ServedModel(String name, long created, int context, Tokenizer tokenizer) {

  static ServedModel of(StoredModel model) {
    CheckpointManifest manifest = model.checkpoint().manifest();
    return new ServedModel(
        model.checkpoint().folder().getFileName().toString(),
        manifest.getCreatedAt() / 1000,
        model.config().maxSequence(),
        model.tokenizer());
  }

  /**
   * Checks the field by which a request says which model it means, if it does.
   *
   * @throws ApiError if it means another
   */
  void requireNamed(RequestBody body) {
    if (!body.field("model").isNull() && !body.text("model").equals(name)) {
      throw ApiError.invalid(
          404,
          "model",
          "model_not_found",
          "the model must be the one that is served: model="
              + body.field("model").textValue().replaceAll("(?s)^(.{80}).*", "$1...")
              + ", served="
              + name);
    }
  }

  /**
   * Returns the ids of a text. One that is a control piece and nothing else, such as {@code </s>},
   * is that piece: so programs learn its id, as they do of other servers.
   *
   * @throws ApiError if it is not Unicode text
   */
  int[] encode(String field, String text) {
    int control = tokenizer.vocabulary().pieces().indexOf(new Piece(Piece.Kind.CONTROL, text));
    if (control >= 0) {
      return new int[] {control};
    }
    try {
      return tokenizer.encode(text);
    } catch (IllegalArgumentException e) {
      throw ApiError.invalid(field, field + ": " + e.getMessage());
    }
  }

  /**
   * Returns the ids after which the assistant's answer stands, in the template that fine-tuning
   * takes unless told otherwise. No text becomes a control piece.
   *
   * @param turns ending with the user's, a system turn first
   * @throws ApiError if they are not in the template's order or not Unicode text
   */
  int[] conversation(String field, List<Turn> turns) {
    try {
      return new ChatTemplate(ChatTemplate.Layout.TURNS, tokenizer).prompt(turns);
    } catch (IllegalArgumentException e) {
      throw ApiError.invalid(field, field + ": " + e.getMessage());
    }
  }

  /**
   * Returns the ids of an array.
   *
   * @throws ApiError if it holds anything else
   */
  int[] ids(String field, JsonNode array) {
    int[] ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = array.get(i);
      if (!id.isInt() || id.intValue() < 0 || id.intValue() >= tokenizer.vocabSize()) {
        throw ApiError.invalid(
            field,
            field
                + " must hold token ids from 0 to "
                + (tokenizer.vocabSize() - 1)
                + ": index="
                + i
                + ", "
                + (id.isNumber() && id.toString().length() <= 20
                    ? "id=" + id
                    : "type=" + id.getNodeType()));
      }
      ids[i] = id.intValue();
    }
    return ids;
  }
}
