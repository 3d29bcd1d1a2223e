#include <algorithm>
#include <charconv>
#include <chrono>

#include "checks/mysql/probe.hpp"
#include "core/display.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds statement_limit{6000};
constexpr milliseconds cleanup_limit{3000};
/// One, two, three and four bytes of UTF-8: an emoji, as run names have them, needs utf8mb4 all the way.
constexpr std::string_view text = "a\u00df\u1e9e\U0001F680";

std::string upper_hex(std::string_view bytes) {
  std::string out = hex_encode(bytes);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out;
}

/// The numbers of errors that a server gives. Those of the library, and of proxies for a server that does not answer, are others.
bool is_word_of_server(std::string_view cause) {
  unsigned number = 0;
  const std::string_view digits = cause.substr(cause.rfind('-') + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return (number >= 1000 && number < 2000) || (number >= 3000 && number < 5000);
}

class Writer {
 public:
  Writer(MysqlSession session, Deadline deadline, std::atomic<int>& round_trips, MysqlWriteFacts& facts)
      : session_(std::move(session)), deadline_(deadline), round_trips_(round_trips), facts_(facts) {}

  /// Nothing when the step failed; after that every step is left out.
  std::optional<MysqlRows> step(const std::string& name, const std::string& statement) {
    if (failed_) return std::nullopt;
    const auto started = Deadline::Clock::now();
    ++round_trips_;
    auto rows = session_.query(statement, deadline_.within(statement_limit));
    MysqlWriteStep step{name, for_display(statement, 200), "", "", elapsed_ms(started)};
    if (!rows) {
      step.cause = rows.error().cause;
      step.text = rows.error().text;
      failed_ = true;
    }
    facts_.steps.push_back(std::move(step));
    return rows ? std::optional(*std::move(rows)) : std::nullopt;
  }
  bool failed() const { return failed_; }
  /// Whether the server had the last word in the last step, with a result or a refusal.
  bool answered() const { return !facts_.steps.empty() && (facts_.steps.back().cause.empty() || is_word_of_server(facts_.steps.back().cause)); }
  MysqlSession& session() { return session_; }

 private:
  MysqlSession session_;
  Deadline deadline_;
  std::atomic<int>& round_trips_;
  MysqlWriteFacts& facts_;
  bool failed_ = false;
};

/// The first statement makes what has to be removed.
void create(Writer& writer, const MysqlWriteFacts& facts, const std::string& run_id) {
  writer.step("create", "CREATE TABLE " + mysql_quote_name(facts.table) + " (id BIGINT AUTO_INCREMENT PRIMARY KEY, s VARCHAR(64), j JSON) COMMENT = '" +
                            std::string(mysql_table_mark) + " " + run_id + "; safe to drop'");
}

void fill(Writer& writer, MysqlWriteFacts& facts) {
  const std::string table = mysql_quote_name(facts.table);
  facts.sent_hex = upper_hex(text);
  writer.step("begin", "START TRANSACTION READ WRITE");
  writer.step("insert", "INSERT INTO " + table + " (s, j) VALUES ('" + std::string(text) + "', '{\"name\": \"" +
                            std::string(text) + "\"}')");
  if (const auto rows = writer.step("read", "SELECT HEX(s), HEX(j->>'$.name') FROM " + table)) {
    facts.read_hex = rows->text(0, 0) == facts.sent_hex ? rows->text(0, 1) : rows->text(0, 0);
  }
  writer.step("roll-back", "ROLLBACK");
  if (const auto rows = writer.step("count", "SELECT COUNT(*) FROM " + table)) facts.rows_left = rows->text(0, 0);
  writer.step("add-index", "ALTER TABLE " + table + " ADD INDEX by_s (s), ALGORITHM = INPLACE, LOCK = NONE");
  writer.step("add-column", "ALTER TABLE " + table + " ADD COLUMN n INT, ALGORITHM = INSTANT");
}

/// On the same connection, and when that is broken on a new one. True when the table is gone as far as the server knows.
bool drop(Writer& writer, const MysqlTarget& target, const ProbeContext& context, const MysqlFacts* seen, MysqlWriteFacts& facts) {
  // Cleaning up has its own time and does not hear the stop.
  writer.session().forget_stop();
  const Deadline deadline = Deadline::after(cleanup_limit);
  const std::string statement = "DROP TABLE IF EXISTS " + mysql_quote_name(facts.table);
  const auto started = Deadline::Clock::now();
  MysqlWriteStep step{"drop", statement, "", "", 0};
  ++*context.round_trips;
  auto done = writer.session().query(statement, deadline);
  if (!done) {
    auto again = mysql_writing_session(target, context.settings, seen, deadline, {}, *context.round_trips);
    *context.round_trips += 2;
    if (again) {
      writer.session() = *std::move(again);   // the broken one is closed, so that the server ends it
      done = mysql_drop(writer.session(), facts.table, deadline);
    } else {
      done = fail(again.error());
    }
  }
  if (!done) {
    step.cause = done.error().cause;
    step.text = done.error().text;
  }
  step.duration_ms = elapsed_ms(started);
  facts.steps.push_back(std::move(step));
  return done.has_value();
}

void give_reason(MysqlWriteFacts& facts, const Error& error) {
  facts.cause = error.cause;
  facts.text = error.text;
  facts.blame = name(error.blame);
  facts.transient = error.transient;
}

MysqlWriteFacts gather(const ProbeContext& context) {
  MysqlWriteFacts facts;
  if (!context.settings.mysql) return facts;
  const MysqlTarget& target = *context.settings.mysql;
  static_cast<MysqlPlace&>(facts) = mysql_place(target, context.settings);
  facts.table = mysql_table_name(context.run_id);

  const Facts before = context.facts_of("mysql");
  const MysqlFacts* seen = before ? &before.as<MysqlFacts>() : nullptr;
  auto session = mysql_writing_session(target, context.settings, seen, context.deadline, context.stop, *context.round_trips);
  if (!session) {
    give_reason(facts, session.error());
    return facts;
  }
  Writer writer(*std::move(session), context.deadline, *context.round_trips, facts);
  // While the lock is held, a statement of this session may still be at work. No statement waits for a lock of somebody else's.
  const auto lock = writer.step("lock", "SELECT GET_LOCK('" + mysql_lock_name(facts.table) + "', 0)");
  writer.step("limits", "SET SESSION lock_wait_timeout = 5, SESSION innodb_lock_wait_timeout = 5");
  if (writer.failed()) return facts;
  // NULL is a proxy that knows no locks, which mysql.migrations tells; the table's name is this run's alone anyhow.
  if (lock->text(0, 0) == "0") {
    give_reason(facts, {"busy", "An earlier attempt of this run is still at work on the server.", Blame::target, true});
    return facts;
  }
  const JournalEntry entry{"mysql-table", mysql_where(target), facts.table};
  if (auto announced = context.journal.announce(entry); !announced) {
    give_reason(facts, announced.error());
    return facts;
  }
  create(writer, facts, context.run_id);
  if (writer.answered()) context.journal.answered(entry);
  fill(writer, facts);
  facts.left_behind = !drop(writer, target, context, seen, facts);
  if (!facts.left_behind) context.journal.settle(entry);
  return facts;
}

bool transient(const MysqlWriteFacts& facts) { return facts.transient; }

std::vector<Touch> touches(const Settings& settings) {
  if (!settings.mysql) return {};
  const MysqlTarget& target = *settings.mysql;
  const std::string table = mysql_table_name(settings.scene.run_id);
  return {{target.host + ":" + std::to_string(target.port),
           "CREATE TABLE " + target.database + "." + table + ", INSERT one row and roll it back, ALTER twice, DROP",
           true, "about 4 KiB"}};
}

}  // namespace

ProbeSpec mysql_write_probe() {
  ProbeSpec spec;
  spec.id = "mysql.write";
  spec.needs = {"mysql.login", "mysql.charset/database", "mysql.grants", "mysql.writable"};
  spec.reads = {"mysql"};
  spec.writes = true;
  spec.limit = milliseconds(15000);
  spec.skip = mysql_probe().skip;
  spec.touches = touches;
  return make_probe<MysqlWriteFacts>(std::move(spec), gather, transient);
}

}  // namespace wbverify
