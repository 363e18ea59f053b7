package dev.neostream.ops.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.neostream.ops.http.Call;
import dev.neostream.trainer.generate.CompletionChunk;
import dev.neostream.trainer.generate.CompletionChunk.Finish;
import java.io.IOException;

/**
 * The answer to {@code /v1/chat/completions}. A stream begins with the role, when the model begins,
 * and ends with why it ended; between them are texts, none empty.
 */
final class ChatAnswer implements Answer {

  private final Answers.Heading heading;
  private final ChatCall asked;
  private final Call call;
  private final StringBuilder text = new StringBuilder();
  private boolean begun;
  private Finish finish;

  ChatAnswer(Answers.Heading heading, ChatCall asked, Call call) {
    this.heading = heading;
    this.asked = asked;
    this.call = call;
  }

  @Override
  public void chunk(int request, CompletionChunk chunk) throws IOException {
    finish = chunk.finish().orElse(null);
    if (!asked.stream()) {
      text.append(chunk.text());
      return;
    }
    if (!begun) {
      send(Answers.chatBegin(heading));
      begun = true;
    }
    if (!chunk.text().isEmpty()) {
      send(Answers.chatText(heading, chunk.text()));
    }
    if (finish != null) {
      send(Answers.chatEnd(heading, finish));
    }
  }

  /** Sends a chunk; where the last one tells the usage, the others say that they do not. */
  private void send(ObjectNode chunk) throws IOException {
    call.event(Answers.bytes(asked.usage() ? chunk.putNull("usage") : chunk));
  }

  @Override
  public void done(int generated) throws IOException {
    int prompt = asked.request().prompt().length;
    if (!asked.stream()) {
      call.json(
          200, Answers.bytes(Answers.chat(heading, text.toString(), finish, prompt, generated)));
      return;
    }
    if (asked.usage()) {
      call.event(Answers.bytes(Answers.chatUsage(heading, prompt, generated)));
    }
    call.event(DONE);
    call.end();
  }
}
