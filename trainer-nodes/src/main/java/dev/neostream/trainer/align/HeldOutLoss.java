package dev.neostream.trainer.align;

import dev.neostream.tokens.chat.RenderedConversation;
import dev.neostream.trainer.model.Decoder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Losses of held-out answers, by phase: what one phase teaches, another may unteach, and one number
 * for all would hide that.
 *
 * @param byPhase in the phases' order, those with held-out conversations
 */
public record HeldOutLoss(Map<String, AnswerLoss> byPhase) {

  public HeldOutLoss {
    byPhase = Collections.unmodifiableMap(new LinkedHashMap<>(byPhase));
  }

  /** Evaluates a decoder's current parameters. */
  static HeldOutLoss of(Decoder decoder, Map<String, List<RenderedConversation>> heldOut) {
    Map<String, AnswerLoss> losses = new LinkedHashMap<>();
    heldOut.forEach(
        (phase, conversations) -> {
          if (!conversations.isEmpty()) {
            losses.put(phase, AnswerLoss.of(decoder, conversations));
          }
        });
    return new HeldOutLoss(losses);
  }

  /** The loss of all phases' answers together. */
  public AnswerLoss all() {
    double loss = 0;
    long tokens = 0;
    for (AnswerLoss phase : byPhase.values()) {
      loss += phase.loss();
      tokens += phase.tokens();
    }
    return new AnswerLoss(loss, tokens);
  }
}
