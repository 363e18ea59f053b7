package dev.neostream.ops.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;

/** What the elements of a definition's lists may say, and what holds where they say nothing. */
final class ListElements {

  // A preset's own elements say nothing about another.
  private static final Map<String, JsonNode> ELEMENTS =
      Map.of(
          "corpus.inputs",
          TextNode.valueOf(""),
          "corpus.watch",
          TextNode.valueOf(""),
          "corpus.topics",
          JsonNodeFactory.instance
              .objectNode()
              .put("topic", "")
              .put("servers", "")
              .put("format", "JSON")
              .put("text", "")
              .put("url", "")
              .put("domain", "")
              .put("mediaType", "text/plain")
              .put("client", ""),
          "eval.tasks",
          TextNode.valueOf(""),
          "clean.blockCategories",
          TextNode.valueOf(""),
          "clean.allowCategories",
          TextNode.valueOf(""),
          "clean.domains",
          JsonNodeFactory.instance
              .objectNode()
              .put("domain", "")
              .put("source", "")
              .put("url", "")
              .put("language", "")
              .put("field", "")
              .put("value", ""),
          SpecFile.PHASES,
          JsonNodeFactory.instance
              .objectNode()
              .put("name", "")
              .put("steps", 0)
              .put("tokens", "")
              .put("untilTokens", "")
              .<ObjectNode>set("weights", JsonNodeFactory.instance.objectNode())
              .put("ramp", 0)
              .set(
                  "learningRate",
                  JsonNodeFactory.instance
                      .objectNode()
                      .put("kind", "COSINE")
                      .put("peak", 0.0)
                      .put("floor", 0.0)
                      .put("warmupSteps", 0)
                      .put("halfLifeSteps", 0.0)
                      .put("offsetSteps", 0)
                      .put("totalSteps", 0)));

  private ListElements() {}

  /**
   * Returns what an element of a list is filled up from; missing if it may be anything.
   *
   * @param path key of the list
   * @param standard list that holds where none is given
   */
  static JsonNode of(String path, ArrayNode standard) {
    return ELEMENTS.getOrDefault(path, standard.path(0));
  }
}
