package dev.neostream.ops.align;

import dev.neostream.ops.UserError;
import dev.neostream.tokens.chat.ChatBlock;
import dev.neostream.tokens.chat.ChatFile;
import dev.neostream.tokens.chat.ChatTemplate;
import dev.neostream.tokens.chat.Conversation;
import dev.neostream.tokens.chat.ConversationPacker;
import dev.neostream.tokens.chat.Refusal;
import dev.neostream.tokens.chat.RefusedConversationException;
import dev.neostream.tokens.chat.RenderedConversation;
import dev.neostream.tokens.pack.TokenIds;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The conversations of a fine-tuning, from its files to blocks. A conversation is held out by what
 * it says: a copy of it, in whatever file or phase, is held out too.
 */
final class ChatData {

  /**
   * What became of a phase's records.
   *
   * @param read records of its files
   * @param used conversations packed
   * @param heldOut conversations held out
   * @param rejected number by reason; read = used + heldOut + all of these
   * @param blocks blocks packed
   * @param tokens ids of the conversations packed
   * @param answerTokens ids of them that are learned
   */
  record Account(
      long read,
      long used,
      long heldOut,
      Map<Refusal.Reason, Long> rejected,
      int blocks,
      long tokens,
      long answerTokens) {}

  private final ChatTemplate template;
  private final int sequenceLength;
  private final int padding;
  private final FineTuningSpec spec;
  private final Consumer<Refusal> refused;

  private final Map<String, List<ChatBlock>> blocks = new LinkedHashMap<>();
  private final Map<String, Account> accounts = new LinkedHashMap<>();
  private final Set<Long> heldOutHashes = new HashSet<>();
  private final Map<String, List<RenderedConversation>> heldOut = new LinkedHashMap<>();

  private ChatData(
      FineTuningSpec spec,
      ChatTemplate template,
      int sequenceLength,
      int padding,
      Consumer<Refusal> refused) {
    this.spec = spec;
    this.template = template;
    this.sequenceLength = sequenceLength;
    this.padding = padding;
    this.refused = refused;
  }

  /**
   * Reads all files of all phases.
   *
   * @param sequenceLength tokens a block predicts
   * @param padding id that fills a block up
   * @param refused is told of every record that is not used
   * @throws UserError if a file cannot be read, or nothing of a phase can be used
   */
  static ChatData read(
      FineTuningSpec spec,
      ChatTemplate template,
      int sequenceLength,
      int padding,
      Consumer<Refusal> refused) {
    var data = new ChatData(spec, template, sequenceLength, padding, refused);
    spec.phases().forEach(data::read);
    return data;
  }

  /** Blocks of a phase. */
  List<ChatBlock> blocks(String phase) {
    return blocks.get(phase);
  }

  /** What became of the records, by phase in order. */
  Map<String, Account> accounts() {
    return accounts;
  }

  /** Conversations held out, each once, by the first phase that has it. */
  Map<String, List<RenderedConversation>> heldOut() {
    return heldOut;
  }

  private void read(FineTuningSpec.Phase phase) {
    new PhaseReader(phase).read();
  }

  /** What is wrong with a file that cannot be read. */
  static String reason(IOException e) {
    return e instanceof NoSuchFileException ? e.getMessage() + " is not there" : e.getMessage();
  }

  private final class PhaseReader {

    private final FineTuningSpec.Phase phase;
    private final ConversationPacker packer =
        new ConversationPacker(sequenceLength, spec.window(), padding);
    private final List<ChatBlock> sealed = new ArrayList<>();
    private final Map<Refusal.Reason, Long> rejected = new TreeMap<>();
    private long read;
    private long used;
    private long kept;
    private long tokens;

    PhaseReader(FineTuningSpec.Phase phase) {
      this.phase = phase;
    }

    void read() {
      heldOut.put(phase.name(), new ArrayList<>());
      for (String file : phase.files()) {
        try {
          read += ChatFile.conversations(Path.of(file), this::take, this::refuse);
        } catch (IOException e) {
          throw UserError.usage(
              "phase %s: a file must hold conversations: %s".formatted(phase.name(), reason(e)));
        }
      }
      packer.finish(sealed::add);
      if (sealed.isEmpty()) {
        throw UserError.usage(
            "phase %s: there must be a conversation to train on: read=%d, heldOut=%d, rejected=%s"
                .formatted(phase.name(), read, kept, rejected));
      }
      long answers = sealed.stream().mapToLong(ChatBlock::answerTokens).sum();
      blocks.put(phase.name(), sealed);
      accounts.put(
          phase.name(), new Account(read, used, kept, rejected, sealed.size(), tokens, answers));
    }

    private void take(String place, Conversation conversation) {
      try {
        RenderedConversation rendered = template.render(conversation);
        long hash = TokenIds.hash(TokenIds.encode(rendered.ids(), Integer.BYTES));
        boolean holdOut = Long.remainderUnsigned(hash, spec.heldOutEvery()) == 0;
        if (holdOut && rendered.ids().length <= sequenceLength + 1) {
          kept++;
          if (heldOutHashes.add(hash)) {
            heldOut.get(phase.name()).add(rendered);
          }
          return;
        }
        packer.add(rendered, sealed::add);
        used++;
        tokens += rendered.ids().length;
      } catch (RefusedConversationException e) {
        refuse(new Refusal(e.reason(), place + ": " + e.getMessage()));
      }
    }

    private void refuse(Refusal refusal) {
      rejected.merge(refusal.reason(), 1L, Long::sum);
      refused.accept(refusal);
    }
  }
}
