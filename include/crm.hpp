// crm.hpp - the CRM engine for C++17: crm.h with destructors and exceptions. Header only.
//
// Everything a call gives is an object that ends itself; every failure is a crm::error. Objects may be moved and, where they only
// read, copied. Text comes back as std::string_view and lives as long as the object it came from.
//
//   crm::database db{"pipeline.crm"};
//   crm::session s = db.session("ada");
//   crm::record lead = s.leads().create({{"name", "Fleet lease"}, {"expected_revenue", crm::decimal{"12000"}}});
//   s.leads().mark_won(lead.id());
#ifndef CRM_HPP
#define CRM_HPP

#include "crm.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace crm {

inline crm_str view(std::string_view text) noexcept { return {text.data(), text.size()}; }
inline std::string_view view(crm_str text) noexcept {
  return text.len == 0 ? std::string_view{} : std::string_view{text.data, text.len};
}

// What went wrong in a call.
class error : public std::runtime_error {
public:
  error(crm_status code, const crm_error *from)
      : std::runtime_error(from == nullptr ? "crm: an error without words"
                                           : std::string(view(crm_error_message(from)))),
        code_(code), kind_(view(crm_error_kind(from))), field_(view(crm_error_field(from))),
        record_kind_(view(crm_error_record_kind(from))), record_id_(crm_error_record_id(from)),
        line_(crm_error_line(from)), column_(crm_error_column(from)),
        retryable_(crm_error_retryable(from)) {}

  // CRM_E_...
  crm_status code() const noexcept { return code_; }
  // The family in a word, such as "invalid".
  const std::string &kind() const noexcept { return kind_; }
  // The field to blame, or "".
  const std::string &field() const noexcept { return field_; }
  // The kind of the record to blame, or "".
  const std::string &record_kind() const noexcept { return record_kind_; }
  // The record to blame, or 0.
  std::int64_t record_id() const noexcept { return record_id_; }
  // Where a text could not be read, from 1, or 0.
  std::uint64_t line() const noexcept { return line_; }
  std::uint64_t column() const noexcept { return column_; }
  // Whether the same call may succeed later.
  bool retryable() const noexcept { return retryable_; }

private:
  crm_status code_;
  std::string kind_, field_, record_kind_;
  std::int64_t record_id_;
  std::uint64_t line_, column_;
  bool retryable_;
};

namespace detail {

template <auto Free> struct end {
  template <class T> void operator()(T *handle) const noexcept { Free(handle); }
};
template <class T, auto Free> using owned = std::unique_ptr<T, end<Free>>;

// Calls a function of crm.h with a place for its error, and throws what it leaves there.
template <class F, class... A> void call(F function, A... arguments) {
  crm_error *raw = nullptr;
  const crm_status status = function(arguments..., &raw);
  const owned<crm_error, crm_error_free> guard{raw};
  if (status != CRM_OK) {
    throw error(status, raw);
  }
}

// A callback of the host's; an exception waits until the library has returned, since it must not pass through it.
struct host {
  std::function<bool(std::uint64_t, std::uint64_t)> told;
  std::exception_ptr thrown;

  static bool tell(void *self, std::uint64_t done, std::uint64_t total) noexcept {
    host *const it = static_cast<host *>(self);
    try {
      return it->told(done, total);
    } catch (...) {
      it->thrown = std::current_exception();
      return false;
    }
  }
  crm_progress_fn function() const noexcept { return told ? &host::tell : nullptr; }
  // Runs a call; what the callback has thrown comes out instead of the library's "cancelled".
  template <class F> void rethrowing(F call) {
    try {
      call();
    } catch (const error &) {
      if (thrown) {
        std::rethrow_exception(thrown);
      }
      throw;
    }
  }
};

} // namespace detail

// Told how far long work is; false cancels it. Its exceptions come out of the call.
using progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

// An exact number written out: money in major units, percent.
struct decimal {
  std::string_view text;
};
// A civil date.
struct date {
  std::int32_t year;
  std::uint32_t month, day;
};
// An instant, microseconds since 1970-01-01T00:00:00Z.
struct instant {
  std::int64_t micros;
};

// Named values for create and update. What is not set is omitted; what is set to nullptr is empty.
class fields {
public:
  // One value of any type, borrowed for the call that sets it.
  class value {
  public:
    value(std::nullptr_t) noexcept : tag_(tag::null) {}
    value(bool truth) noexcept : tag_(tag::truth), truth_(truth) {}
    // A number that 64 signed bits cannot hold is thrown out, rather than stored as another.
    template <class I, std::enable_if_t<std::is_integral_v<I> && !std::is_same_v<I, bool>, int> = 0>
    value(I number) : tag_(tag::number), number_(static_cast<std::int64_t>(number)) {
      if (std::is_unsigned_v<I> && number_ < 0) {
        throw std::out_of_range("a number that is too large for a field");
      }
    }
    // One letter is neither a number nor a text; and no pointer but text is a value.
    value(char) = delete;
    value(wchar_t) = delete;
    value(char16_t) = delete;
    value(char32_t) = delete;
#ifdef __cpp_char8_t
    value(char8_t) = delete;
#endif
    template <class T, std::enable_if_t<!std::is_same_v<std::remove_cv_t<T>, char>, int> = 0>
    value(T *) = delete;
    value(double real) noexcept : tag_(tag::real), real_(real) {}
    value(const char *text) : tag_(tag::text) {
      if (text == nullptr) {
        throw std::invalid_argument("a null text; nullptr itself empties a field");
      }
      text_ = text;
    }
    value(std::string_view text) noexcept : tag_(tag::text), text_(text) {}
    value(const std::string &text) noexcept : tag_(tag::text), text_(text) {}
    value(decimal exact) noexcept : tag_(tag::exact), text_(exact.text) {}
    value(date day) noexcept : tag_(tag::day), day_(day) {}
    value(instant moment) noexcept : tag_(tag::moment), number_(moment.micros) {}
    value(std::vector<std::int64_t> ids) : tag_(tag::ids), ids_(std::move(ids)) {}

  private:
    friend class fields;
    enum class tag { null, truth, number, real, text, exact, day, moment, ids };
    tag tag_;
    bool truth_ = false;
    std::int64_t number_ = 0;
    double real_ = 0;
    std::string_view text_;
    date day_{};
    std::vector<std::int64_t> ids_;
  };

  fields() {
    crm_fields *raw = nullptr;
    detail::call(crm_fields_new, &raw);
    handle_.reset(raw);
  }
  fields(std::initializer_list<std::pair<std::string_view, value>> values) : fields() {
    for (const auto &[name, given] : values) {
      set(name, given);
    }
  }

  fields &set(std::string_view name, const value &given) {
    using tag = value::tag;
    const crm_str key = view(name);
    switch (given.tag_) {
    case tag::null: detail::call(crm_fields_set_null, get(), key); break;
    case tag::truth: detail::call(crm_fields_set_bool, get(), key, given.truth_); break;
    case tag::number: detail::call(crm_fields_set_i64, get(), key, given.number_); break;
    case tag::real: detail::call(crm_fields_set_f64, get(), key, given.real_); break;
    case tag::text: detail::call(crm_fields_set_text, get(), key, view(given.text_)); break;
    case tag::exact: detail::call(crm_fields_set_decimal, get(), key, view(given.text_)); break;
    case tag::moment: detail::call(crm_fields_set_time, get(), key, given.number_); break;
    case tag::day:
      detail::call(crm_fields_set_date, get(), key, given.day_.year, given.day_.month, given.day_.day);
      break;
    case tag::ids:
      detail::call(crm_fields_set_ids, get(), key, given.ids_.data(), given.ids_.size());
      break;
    }
    return *this;
  }

  // A custom value: nullptr, a truth, a number, text or a date.
  fields &set_property(std::string_view name, const value &given) {
    using tag = value::tag;
    const crm_str key = view(name);
    switch (given.tag_) {
    case tag::truth: detail::call(crm_fields_set_property_bool, get(), key, given.truth_); break;
    case tag::real: detail::call(crm_fields_set_property_f64, get(), key, given.real_); break;
    case tag::number:
      detail::call(crm_fields_set_property_f64, get(), key, static_cast<double>(given.number_));
      break;
    case tag::text:
      detail::call(crm_fields_set_property_text, get(), key, view(given.text_));
      break;
    case tag::day:
      detail::call(crm_fields_set_property_date, get(), key, given.day_.year, given.day_.month,
                   given.day_.day);
      break;
    case tag::null: detail::call(crm_fields_set_property_null, get(), key); break;
    default: throw std::invalid_argument("a custom value is a truth, a number, text or a date");
    }
    return *this;
  }

  // What another system calls the record.
  fields &external_id(std::string_view system, std::string_view id) {
    detail::call(crm_fields_set_external_id, get(), view(system), view(id));
    return *this;
  }
  // The version that the caller has seen.
  fields &expected_version(std::int64_t version) {
    detail::call(crm_fields_set_expected_version, get(), version);
    return *this;
  }

  crm_fields *get() const noexcept { return handle_.get(); }

private:
  detail::owned<crm_fields, crm_fields_free> handle_;
};

// One record as it was stored; cheap to copy, never changes.
class record {
public:
  // Takes over a record of the host's own.
  explicit record(crm_record *own)
      : handle_(own, [](const crm_record *it) { crm_record_free(const_cast<crm_record *>(it)); }) {}
  // A record of a list, which lives as long as somebody needs one of its records.
  record(const std::shared_ptr<const crm_list> &list, const crm_record *lent)
      : handle_(list, lent) {}

  std::int64_t id() const noexcept { return crm_record_id(get()); }
  std::int32_t kind() const noexcept { return crm_record_kind(get()); }
  bool is_null(std::uint32_t field) const { return read<bool>(crm_record_is_null, field); }
  bool boolean(std::uint32_t field) const { return read<bool>(crm_record_bool, field); }
  std::int64_t i64(std::uint32_t field) const { return read<std::int64_t>(crm_record_i64, field); }
  double f64(std::uint32_t field) const { return read<double>(crm_record_f64, field); }
  // A link to another record, if there is one.
  std::optional<std::int64_t> ref(std::uint32_t field) const {
    return is_null(field) ? std::nullopt : std::optional<std::int64_t>(i64(field));
  }
  std::string_view text(std::uint32_t field) const {
    return view(read<crm_str>(crm_record_text, field));
  }
  std::string_view decimal_text(std::uint32_t field) const {
    return view(read<crm_str>(crm_record_decimal_text, field));
  }
  crm_money money(std::uint32_t field) const { return read<crm_money>(crm_record_money, field); }
  std::int64_t ppm(std::uint32_t field) const { return read<std::int64_t>(crm_record_ppm, field); }
  std::int64_t date_days(std::uint32_t field) const {
    return read<std::int64_t>(crm_record_date_days, field);
  }
  std::int64_t time_micros(std::uint32_t field) const {
    return read<std::int64_t>(crm_record_time_micros, field);
  }
  std::vector<std::int64_t> ids(std::uint32_t field) const {
    const crm_ids lent = read<crm_ids>(crm_record_ids, field);
    return lent.len == 0 ? std::vector<std::int64_t>{}
                         : std::vector<std::int64_t>(lent.data, lent.data + lent.len);
  }
  // A custom text, or "".
  std::string_view property_text(std::string_view name) const {
    return view(read<crm_str>(crm_record_property_text, view(name)));
  }
  // A custom number, if it is there.
  std::optional<double> property_f64(std::string_view name) const {
    return read<bool>(crm_record_property_is_null, view(name))
               ? std::nullopt
               : std::optional<double>(read<double>(crm_record_property_f64, view(name)));
  }
  // The whole record as a JSON object.
  std::string_view json() const {
    crm_str out{};
    detail::call(crm_record_json, get(), &out);
    return view(out);
  }

  const crm_record *get() const noexcept { return handle_.get(); }

private:
  template <class T, class F, class K> T read(F function, K key) const {
    T out{};
    detail::call(function, get(), key, &out);
    return out;
  }

  std::shared_ptr<const crm_record> handle_;
};

// Records in order.
class list {
public:
  explicit list(crm_list *own)
      : handle_(own, [](const crm_list *it) { crm_list_free(const_cast<crm_list *>(it)); }) {}

  std::size_t size() const noexcept { return crm_list_len(get()); }
  bool empty() const noexcept { return size() == 0; }
  record operator[](std::size_t index) const {
    const crm_record *lent = nullptr;
    detail::call(crm_list_at, get(), index, &lent);
    return record(handle_, lent);
  }
  std::vector<std::int64_t> ids() const {
    std::vector<std::int64_t> ids;
    ids.reserve(size());
    for (std::size_t at = 0; at < size(); ++at) {
      ids.push_back(crm_list_id(get(), at));
    }
    return ids;
  }

  class iterator {
  public:
    iterator(const list &of, std::size_t at) noexcept : of_(&of), at_(at) {}
    record operator*() const { return (*of_)[at_]; }
    iterator &operator++() noexcept {
      ++at_;
      return *this;
    }
    bool operator!=(const iterator &other) const noexcept { return at_ != other.at_; }

  private:
    const list *of_;
    std::size_t at_;
  };
  iterator begin() const noexcept { return {*this, 0}; }
  iterator end() const noexcept { return {*this, size()}; }

  const crm_list *get() const noexcept { return handle_.get(); }

private:
  std::shared_ptr<const crm_list> handle_;
};

// A table of typed columns.
class frame {
public:
  explicit frame(crm_frame *own) : handle_(own) {}

  std::size_t rows() const noexcept { return crm_frame_rows(get()); }
  std::size_t columns() const noexcept { return crm_frame_columns(get()); }
  std::string_view name(std::size_t column) const noexcept {
    return view(crm_frame_name(get(), column));
  }
  // CRM_TYPE_...
  std::int32_t type(std::size_t column) const noexcept { return crm_frame_type(get(), column); }
  std::size_t column(std::string_view name) const {
    std::size_t out = 0;
    detail::call(crm_frame_column, get(), view(name), &out);
    return out;
  }
  bool is_null(std::size_t row, std::size_t column) const {
    return read<bool>(crm_frame_is_null, row, column);
  }
  bool boolean(std::size_t row, std::size_t column) const {
    return read<bool>(crm_frame_bool, row, column);
  }
  std::int64_t i64(std::size_t row, std::size_t column) const {
    return read<std::int64_t>(crm_frame_i64, row, column);
  }
  double f64(std::size_t row, std::size_t column) const {
    return read<double>(crm_frame_f64, row, column);
  }
  std::string_view text(std::size_t row, std::size_t column) const {
    return view(read<crm_str>(crm_frame_text, row, column));
  }
  std::string_view decimal_text(std::size_t row, std::size_t column) const {
    return view(read<crm_str>(crm_frame_decimal_text, row, column));
  }
  std::int64_t date_days(std::size_t row, std::size_t column) const {
    return read<std::int64_t>(crm_frame_date_days, row, column);
  }
  std::int64_t time_micros(std::size_t row, std::size_t column) const {
    return read<std::int64_t>(crm_frame_time_micros, row, column);
  }
  // The whole frame as an Arrow C stream; the caller ends it by its release.
  void arrow(ArrowArrayStream *out) const { detail::call(crm_frame_arrow, get(), out); }

  const crm_frame *get() const noexcept { return handle_.get(); }

private:
  template <class T, class F> T read(F function, std::size_t row, std::size_t column) const {
    T out{};
    detail::call(function, get(), row, column, &out);
    return out;
  }

  detail::owned<crm_frame, crm_frame_free> handle_;
};

// Which records to find; default-made: every active one.
struct query {
  std::string_view filter{}, order{}, columns{};
  std::int64_t limit = -1, offset = 0;
  // Leads as they were at that instant, in microseconds since 1970; none: as they are. `axis`: effective (empty: so) or known.
  const std::int64_t *as_of = nullptr;
  std::string_view axis{};

  crm_find_options options() const noexcept {
    crm_find_options options;
    crm_find_options_init(&options, sizeof options);
    options.filter = view(filter);
    options.order = view(order);
    options.columns = view(columns);
    options.limit = limit;
    options.offset = offset;
    options.as_of_micros = as_of;
    options.axis = view(axis);
    return options;
  }
};

namespace detail {

template <class R, class T, class F, class... A> R make(F function, A... arguments) {
  T *raw = nullptr;
  call(function, arguments..., &raw);
  return R(raw);
}
template <class F, class... A> record make_record(F function, A... arguments) {
  return make<record, crm_record>(function, arguments...);
}
template <class F, class... A> list make_list(F function, A... arguments) {
  return make<list, crm_list>(function, arguments...);
}
template <class F, class... A> frame make_frame(F function, A... arguments) {
  return make<frame, crm_frame>(function, arguments...);
}

// A long call that tells the host how far it is.
template <class R, class T, class F, class O, class... A>
R told(progress to, F function, O *object, A... given) {
  host host{std::move(to), nullptr};
  T *raw = nullptr;
  host.rethrowing(
      [&] { call(function, object, given..., host.function(), static_cast<void *>(&host), &raw); });
  return R(raw);
}

// The functions that every room has.
struct verbs {
  decltype(&crm_lead_create) create;
  decltype(&crm_lead_create_many) create_many;
  decltype(&crm_lead_get) get;
  decltype(&crm_lead_get_external) get_external;
  decltype(&crm_lead_find) find;
  decltype(&crm_lead_count) count;
  decltype(&crm_lead_frame) frame;
  decltype(&crm_lead_update) update;
  decltype(&crm_lead_update_many) update_many;
  decltype(&crm_lead_delete) remove;
  decltype(&crm_lead_delete_many) remove_many;
};

// Sets of ids, one behind the other, and how many are in each.
inline std::pair<std::vector<std::int64_t>, std::vector<std::size_t>>
joined(const std::vector<std::vector<std::int64_t>> &sets) {
  std::vector<std::int64_t> ids;
  std::vector<std::size_t> sizes;
  for (const std::vector<std::int64_t> &set : sets) {
    ids.insert(ids.end(), set.begin(), set.end());
    sizes.push_back(set.size());
  }
  return {std::move(ids), std::move(sizes)};
}

} // namespace detail

// One kind of record, as a session sees it. Valid as long as the session.
class desk {
public:
  desk(crm_session *session, const detail::verbs &verbs) noexcept : session_(session), verbs_(&verbs) {}

  record create(const fields &values) const {
    return detail::make_record(verbs_->create, session_, values.get());
  }
  list create_many(const std::vector<fields> &values) const {
    std::vector<const crm_fields *> raw;
    raw.reserve(values.size());
    for (const fields &one : values) {
      raw.push_back(one.get());
    }
    return detail::make_list(verbs_->create_many, session_, raw.data(), raw.size());
  }
  record get(std::int64_t id) const { return detail::make_record(verbs_->get, session_, id); }
  record get_external(std::string_view system, std::string_view external_id) const {
    return detail::make_record(verbs_->get_external, session_, view(system), view(external_id));
  }
  list find(const query &what = {}) const {
    const crm_find_options options = what.options();
    return detail::make_list(verbs_->find, session_, &options);
  }
  std::int64_t count(std::string_view filter = {}) const {
    std::int64_t out = 0;
    detail::call(verbs_->count, session_, view(filter), &out);
    return out;
  }
  crm::frame frame(const query &what = {}) const {
    const crm_find_options options = what.options();
    return detail::make_frame(verbs_->frame, session_, &options);
  }
  record update(std::int64_t id, const fields &values) const {
    return detail::make_record(verbs_->update, session_, id, values.get());
  }
  list update(const std::vector<std::int64_t> &ids, const fields &values) const {
    return detail::make_list(verbs_->update_many, session_, ids.data(), ids.size(), values.get());
  }
  void remove(std::int64_t id) const { detail::call(verbs_->remove, session_, id); }
  void remove(const std::vector<std::int64_t> &ids) const {
    detail::call(verbs_->remove_many, session_, ids.data(), ids.size());
  }

protected:
  template <class F, class... A> record on(F verb, std::int64_t id, A... arguments) const {
    return detail::make_record(verb, session_, id, arguments...);
  }
  template <class F, class... A>
  list on(F verb, const std::vector<std::int64_t> &ids, A... arguments) const {
    return detail::make_list(verb, session_, ids.data(), ids.size(), arguments...);
  }

  crm_session *session_;

private:
  const detail::verbs *verbs_;
};

// Leads and opportunities, and their verbs. An id of 0 is none.
class lead_desk : public desk {
public:
  using desk::desk;
  using many = std::vector<std::int64_t>;

  record mark_won(std::int64_t id) const { return on(crm_lead_mark_won, id); }
  list mark_won(const many &ids) const { return on(crm_lead_mark_won_many, ids); }
  record mark_lost(std::int64_t id, std::int64_t lost_reason_id = 0, std::string_view note = {}) const {
    return on(crm_lead_mark_lost, id, lost_reason_id, view(note));
  }
  list mark_lost(const many &ids, std::int64_t lost_reason_id = 0, std::string_view note = {}) const {
    return on(crm_lead_mark_lost_many, ids, lost_reason_id, view(note));
  }
  record reopen(std::int64_t id) const { return on(crm_lead_reopen, id); }
  list reopen(const many &ids) const { return on(crm_lead_reopen_many, ids); }
  record archive(std::int64_t id) const { return on(crm_lead_archive, id); }
  list archive(const many &ids) const { return on(crm_lead_archive_many, ids); }
  record restore(std::int64_t id) const { return on(crm_lead_restore, id); }
  list restore(const many &ids) const { return on(crm_lead_restore_many, ids); }
  record move_to(std::int64_t id, std::int64_t stage_id) const {
    return on(crm_lead_move_to, id, stage_id);
  }
  list move_to(const many &ids, std::int64_t stage_id) const {
    return on(crm_lead_move_to_many, ids, stage_id);
  }
  record convert(std::int64_t id, std::int64_t partner_id = 0, std::int64_t user_id = 0,
                 std::int64_t team_id = 0) const {
    return on(crm_lead_convert, id, partner_id, user_id, team_id);
  }
  record assign_to(std::int64_t id, std::int64_t user_id, std::int64_t team_id) const {
    return on(crm_lead_assign_to, id, user_id, team_id);
  }
  list assign_to(const many &ids, std::int64_t user_id, std::int64_t team_id) const {
    return on(crm_lead_assign_to_many, ids, user_id, team_id);
  }
  record copy(std::int64_t id) const { return on(crm_lead_copy, id); }
  crm::frame history(std::int64_t id) const {
    return detail::make_frame(crm_lead_history, session_, id);
  }
  // What a conversion of these leads will do, row by row, and the conversion; `flags` are CRM_CONVERT_...
  crm::frame plan_convert(const many &ids, std::uint64_t flags = 0, const many &user_ids = {}, std::int64_t team_id = 0,
                          std::int64_t partner_id = 0) const {
    return detail::make_frame(crm_lead_plan_convert, session_, ids.data(), ids.size(), partner_id, user_ids.data(),
                              user_ids.size(), team_id, flags);
  }
  list convert_all(const many &ids, std::uint64_t flags = 0, const many &user_ids = {}, std::int64_t team_id = 0,
                   std::int64_t partner_id = 0, std::string_view key = {}) const {
    return detail::make_list(crm_lead_convert_all, session_, ids.data(), ids.size(), partner_id, user_ids.data(),
                             user_ids.size(), team_id, flags, view(key));
  }
  // What a merge of these leads will do, row by row; nothing is written.
  crm::frame plan_merge(const many &ids, std::int64_t user_id = 0, std::int64_t team_id = 0) const {
    return detail::make_frame(crm_lead_plan_merge, session_, ids.data(), ids.size(), user_id, team_id);
  }
  // Makes one lead of several: the number by which it can be taken back, and the lead that was kept.
  std::pair<std::int64_t, record> merge(const many &ids, std::int64_t user_id = 0, std::int64_t team_id = 0) const {
    std::int64_t merge_id = 0;
    record head = detail::make_record(crm_lead_merge, session_, ids.data(), ids.size(), user_id, team_id, &merge_id);
    return {merge_id, std::move(head)};
  }
  // One of each of several sets, all or none; a row per set.
  crm::frame merge_clusters(const std::vector<many> &clusters, std::int64_t user_id = 0, std::int64_t team_id = 0) const {
    const auto [ids, sizes] = detail::joined(clusters);
    return detail::make_frame(crm_lead_merge_clusters, session_, ids.data(), ids.size(), sizes.data(), sizes.size(), user_id,
                              team_id);
  }
  // Takes a merge back; a row per conflict.
  crm::frame unmerge(std::int64_t merge_id) const { return detail::make_frame(crm_lead_unmerge, session_, merge_id); }
  // The lead that has the place of one that was merged away; 0 for one that stands for itself.
  std::int64_t merged_into(std::int64_t id) const {
    std::int64_t out = 0;
    detail::call(crm_lead_merged_into, session_, id, &out);
    return out;
  }
  // As it was, and how many matched, at an instant in microseconds since 1970; `axis` as in a query.
  // Takes a lead that nobody has, for the session's user.
  record claim(std::int64_t id) const { return detail::make_record(crm_lead_claim, session_, id); }
  record get_as_of(std::int64_t id, std::int64_t as_of, std::string_view axis = {}) const {
    return detail::make_record(crm_lead_get_as_of, session_, id, as_of, view(axis));
  }
  std::int64_t count_as_of(std::string_view filter, std::int64_t as_of, std::string_view axis = {}) const {
    std::int64_t out = 0;
    detail::call(crm_lead_count_as_of, session_, view(filter), as_of, view(axis), &out);
    return out;
  }
};

// People and companies outside, and what makes one of several. An id of 0 is none. Valid as long as the session.
class partner_desk : public desk {
public:
  using desk::desk;
  using many = std::vector<std::int64_t>;

  // The card with the address to use for a purpose; see `crm_partner_address_for`.
  record address_for(std::int64_t id, std::string_view kind) const {
    return detail::make_record(crm_partner_address_for, session_, id, view(kind));
  }
  list roles(std::int64_t id) const { return detail::make_list(crm_partner_roles, session_, id); }
  list role_as_of(std::int64_t id, std::int64_t date_days) const {
    return detail::make_list(crm_partner_role_as_of, session_, id, date_days);
  }
  // Everything that is known of a person, as JSON in one cell; and forgetting them, but for kinds that are held.
  crm::frame subject_export(std::int64_t id) const {
    return detail::make_frame(crm_partner_subject_export, session_, id);
  }
  crm::frame subject_erase(std::int64_t id, const std::vector<std::int32_t> &holds = {}) const {
    return detail::make_frame(crm_partner_subject_erase, session_, id, holds.data(), holds.size());
  }
  // As those of leads; `head_id` is the one that is kept.
  crm::frame plan_merge(const many &ids, std::int64_t head_id = 0, std::int64_t user_id = 0) const {
    return detail::make_frame(crm_partner_plan_merge, session_, ids.data(), ids.size(), head_id, user_id);
  }
  std::pair<std::int64_t, record> merge(const many &ids, std::int64_t head_id = 0, std::int64_t user_id = 0) const {
    std::int64_t merge_id = 0;
    record head = detail::make_record(crm_partner_merge, session_, ids.data(), ids.size(), head_id, user_id, &merge_id);
    return {merge_id, std::move(head)};
  }
  crm::frame merge_clusters(const std::vector<many> &clusters, std::int64_t user_id = 0) const {
    const auto [ids, sizes] = detail::joined(clusters);
    return detail::make_frame(crm_partner_merge_clusters, session_, ids.data(), ids.size(), sizes.data(), sizes.size(),
                              user_id);
  }
  crm::frame unmerge(std::int64_t merge_id) const { return detail::make_frame(crm_partner_unmerge, session_, merge_id); }
  std::int64_t merged_into(std::int64_t id) const {
    std::int64_t out = 0;
    detail::call(crm_partner_merged_into, session_, id, &out);
    return out;
  }
};

// Sales teams and who belongs to them. Valid as long as the session.
class team_desk : public desk {
public:
  using desk::desk;

  // `values` are those of a team member; see `crm_team_add_member`.
  record add_member(std::int64_t team_id, std::int64_t user_id, const fields &values) const {
    return detail::make_record(crm_team_add_member, session_, team_id, user_id, values.get());
  }
  record update_member(std::int64_t team_id, std::int64_t user_id, const fields &values) const {
    return detail::make_record(crm_team_update_member, session_, team_id, user_id, values.get());
  }
  record remove_member(std::int64_t team_id, std::int64_t user_id) const {
    return detail::make_record(crm_team_remove_member, session_, team_id, user_id);
  }
  // As of a day in days since 1970-01-01; null is now.
  crm::frame members(std::int64_t team_id, const std::int64_t *as_of_days = nullptr) const {
    return detail::make_frame(crm_team_members, session_, team_id, as_of_days);
  }
  crm::frame workload() const { return detail::make_frame(crm_team_workload, session_); }
  crm::frame rollup() const { return detail::make_frame(crm_team_rollup, session_); }
};

// What teams and people are to reach. Valid as long as the session.
class target_desk : public desk {
public:
  using desk::desk;

  // What was reached, in words such as "12.50" or as a number; see `crm_target_feed`. `at` in microseconds since 1970; null is now.
  record feed_amount(std::int64_t id, std::string_view amount, const std::int64_t *at = nullptr) const {
    return detail::make_record(crm_target_feed, session_, id, view(amount), nullptr, at);
  }
  record feed_count(std::int64_t id, std::int64_t count, const std::int64_t *at = nullptr) const {
    return detail::make_record(crm_target_feed, session_, id, view(std::string_view{}), &count, at);
  }
  // How far they are; `below`: with the deals of teams below a team.
  crm::frame attainment(std::string_view filter = {}, bool below = false) const {
    return detail::make_frame(crm_target_attainment, session_, view(filter), below);
  }
};

// Who is given which lead: a plan is JSON text. Valid as long as the session.
class assignment_desk {
public:
  explicit assignment_desk(crm_session *session) noexcept : session_(session) {}

  // See `crm_assignment_plan`; `created_within_days` of -1 is the usual.
  std::string plan(std::string_view rules = {}, const std::vector<std::int64_t> &team_ids = {}, std::uint64_t flags = 0,
                   std::uint64_t seed = 0, std::int64_t delay_hours = 0, std::int64_t created_within_days = -1) const {
    const crm::frame out = detail::make_frame(crm_assignment_plan, session_, view(rules), team_ids.data(), team_ids.size(),
                                              flags, seed, delay_hours, created_within_days);
    return std::string(out.text(0, 0));
  }
  crm::frame steps(std::string_view plan) const { return detail::make_frame(crm_assignment_steps, session_, view(plan)); }
  crm::frame head(std::string_view plan) const { return detail::make_frame(crm_assignment_head, session_, view(plan)); }
  crm::frame run(std::string_view plan) const { return detail::make_frame(crm_assignment_run, session_, view(plan)); }
  // Makes another's what a user has; see `crm_hand_over`.
  crm::frame hand_over(std::int64_t user_id, std::int64_t to_user_id, std::int32_t kind = -1,
                       std::string_view filter = {}) const {
    return detail::make_frame(crm_hand_over, session_, user_id, to_user_id, kind, view(filter));
  }
  crm::frame plan_hand_over(std::int64_t user_id, std::int64_t to_user_id, std::int32_t kind = -1,
                            std::string_view filter = {}) const {
    return detail::make_frame(crm_plan_hand_over, session_, user_id, to_user_id, kind, view(filter));
  }

private:
  crm_session *session_;
};

// What is to be done about leads and partners; `kind` is `CRM_KIND_LEAD` or `CRM_KIND_PARTNER`. Valid as long as the session.
class activity_desk {
public:
  using many = std::vector<std::int64_t>;
  explicit activity_desk(crm_session *session) noexcept : session_(session) {}

  // `values` say activity_type_id and what is not as the type says: date_deadline, user_id, summary, note.
  record schedule(std::int32_t kind, std::int64_t id, const fields &values) const {
    return detail::make_record(crm_activity_schedule, session_, kind, id, values.get());
  }
  list schedule(std::int32_t kind, const many &ids, const fields &values) const {
    return detail::make_list(crm_activity_schedule_many, session_, kind, ids.data(), ids.size(), values.get());
  }
  record done(std::int64_t id, std::string_view feedback = {}) const {
    return detail::make_record(crm_activity_done, session_, id, view(feedback));
  }
  list done(const many &ids, std::string_view feedback = {}) const {
    return detail::make_list(crm_activity_done_many, session_, ids.data(), ids.size(), view(feedback));
  }
  // To another day, in days since 1970-01-01.
  record reschedule(std::int64_t id, std::int64_t days) const {
    return detail::make_record(crm_activity_reschedule, session_, id, days);
  }
  list reschedule(const many &ids, std::int64_t days) const {
    return detail::make_list(crm_activity_reschedule_many, session_, ids.data(), ids.size(), days);
  }
  void cancel(std::int64_t id) const { detail::call(crm_activity_cancel, session_, id); }
  void cancel(const many &ids) const { detail::call(crm_activity_cancel_many, session_, ids.data(), ids.size()); }
  // How leads stand, a row per lead.
  crm::frame status(const many &lead_ids) const {
    return detail::make_frame(crm_activity_status, session_, lead_ids.data(), lead_ids.size());
  }
  record get(std::int64_t id) const { return detail::make_record(crm_activity_get, session_, id); }
  list find(const query &what = {}) const {
    const crm_find_options options = what.options();
    return detail::make_list(crm_activity_find, session_, &options);
  }
  std::int64_t count(std::string_view filter = {}) const {
    std::int64_t out = 0;
    detail::call(crm_activity_count, session_, view(filter), &out);
    return out;
  }
  crm::frame frame(const query &what = {}) const {
    const crm_find_options options = what.options();
    return detail::make_frame(crm_activity_frame, session_, &options);
  }
  record update(std::int64_t id, const fields &values) const {
    return detail::make_record(crm_activity_update, session_, id, values.get());
  }
  list update(const many &ids, const fields &values) const {
    return detail::make_list(crm_activity_update_many, session_, ids.data(), ids.size(), values.get());
  }

private:
  crm_session *session_;
};

// What is said about leads and partners; `kind` as above. Valid as long as the session.
class chatter_desk {
public:
  explicit chatter_desk(crm_session *session) noexcept : session_(session) {}

  // Answers the message's id; of several a row per message.
  std::int64_t post(std::int32_t kind, std::int64_t id, std::string_view body, bool internal = false) const {
    std::int64_t out = 0;
    detail::call(crm_chatter_post, session_, kind, id, view(body), internal, &out);
    return out;
  }
  crm::frame post(std::int32_t kind, const std::vector<std::int64_t> &ids, std::string_view body,
                  bool internal = false) const {
    return detail::make_frame(crm_chatter_post_many, session_, kind, ids.data(), ids.size(), view(body), internal);
  }
  // Everything about a record in the order of time.
  crm::frame timeline(std::int32_t kind, std::int64_t id) const {
    return detail::make_frame(crm_chatter_list, session_, kind, id);
  }
  record get(std::int64_t id) const { return detail::make_record(crm_chatter_get, session_, id); }
  list find(const query &what = {}) const {
    const crm_find_options options = what.options();
    return detail::make_list(crm_chatter_find, session_, &options);
  }
  std::int64_t count(std::string_view filter = {}) const {
    std::int64_t out = 0;
    detail::call(crm_chatter_count, session_, view(filter), &out);
    return out;
  }
  crm::frame frame(const query &what = {}) const {
    const crm_find_options options = what.options();
    return detail::make_frame(crm_chatter_frame, session_, &options);
  }

private:
  crm_session *session_;
};

// One database as one user.
class session {
public:
  explicit session(crm_session *own) noexcept : handle_(own) {}

// The desk of a room; the name of a desk is the room's plural.
#define CRM_HPP_DESK(room, name)                                                                   \
  desk name() const noexcept {                                                                     \
    static constexpr detail::verbs functions{                                                       \
        crm_##room##_create, crm_##room##_create_many, crm_##room##_get,                           \
        crm_##room##_get_external, crm_##room##_find, crm_##room##_count, crm_##room##_frame,      \
        crm_##room##_update, crm_##room##_update_many, crm_##room##_delete,                        \
        crm_##room##_delete_many};                                                                 \
    return {get(), functions};                                                                     \
  }
  CRM_HPP_DESK(company, companies)
  CRM_HPP_DESK(user, users)
  CRM_HPP_DESK(team_member, team_members)
  CRM_HPP_DESK(stage, stages)
  CRM_HPP_DESK(lost_reason, lost_reasons)
  CRM_HPP_DESK(tag, tags)
  CRM_HPP_DESK(campaign, campaigns)
  CRM_HPP_DESK(medium, mediums)
  CRM_HPP_DESK(source, sources)
  CRM_HPP_DESK(recurring_plan, recurring_plans)
  CRM_HPP_DESK(partner_contact, partner_contacts)
  CRM_HPP_DESK(partner_role, partner_roles)
  CRM_HPP_DESK(activity_type, activity_types)
  CRM_HPP_DESK(rule, rules)
#undef CRM_HPP_DESK

  lead_desk leads() const noexcept {
    static constexpr detail::verbs functions{
        crm_lead_create, crm_lead_create_many, crm_lead_get,    crm_lead_get_external,
        crm_lead_find,   crm_lead_count,       crm_lead_frame,  crm_lead_update,
        crm_lead_update_many, crm_lead_delete, crm_lead_delete_many};
    return {get(), functions};
  }

  partner_desk partners() const noexcept {
    static constexpr detail::verbs functions{
        crm_partner_create, crm_partner_create_many, crm_partner_get,    crm_partner_get_external,
        crm_partner_find,   crm_partner_count,       crm_partner_frame,  crm_partner_update,
        crm_partner_update_many, crm_partner_delete, crm_partner_delete_many};
    return {get(), functions};
  }

  team_desk teams() const noexcept {
    static constexpr detail::verbs functions{
        crm_team_create, crm_team_create_many, crm_team_get,    crm_team_get_external,
        crm_team_find,   crm_team_count,       crm_team_frame,  crm_team_update,
        crm_team_update_many, crm_team_delete, crm_team_delete_many};
    return {get(), functions};
  }

  target_desk targets() const noexcept {
    static constexpr detail::verbs functions{
        crm_target_create, crm_target_create_many, crm_target_get,    crm_target_get_external,
        crm_target_find,   crm_target_count,       crm_target_frame,  crm_target_update,
        crm_target_update_many, crm_target_delete, crm_target_delete_many};
    return {get(), functions};
  }

  assignment_desk assignment() const noexcept { return assignment_desk{get()}; }
  activity_desk activities() const noexcept { return activity_desk{get()}; }
  chatter_desk chatter() const noexcept { return chatter_desk{get()}; }

  bool setting(std::string_view name) const {
    bool out = false;
    detail::call(crm_setting_get_bool, get(), view(name), &out);
    return out;
  }
  void set_setting(std::string_view name, bool value) const {
    detail::call(crm_setting_set_bool, get(), view(name), value);
  }
  // Declares a custom field of leads or partners; `type` is text, number, date, boolean or selection.
  void declare(std::int32_t kind, std::string_view name, std::string_view type,
               const std::vector<std::string_view> &choices = {}) const {
    std::vector<crm_str> raw;
    raw.reserve(choices.size());
    for (const std::string_view choice : choices) {
      raw.push_back(view(choice));
    }
    crm_property_options options;
    crm_property_options_init(&options, sizeof options);
    options.kind = kind;
    options.name = view(name);
    options.value_type = view(type);
    options.choices = raw.data();
    options.choice_count = raw.size();
    detail::call(crm_property_declare, get(), &options);
  }
  void configure_score(const crm_score_options &options) const {
    detail::call(crm_score_configure, get(), &options);
  }
  // What is configured; what the model has learnt, as JSON; and whether the evidence can be trusted, by field and in all.
  frame score_configuration() const { return detail::make_frame(crm_score_configuration, get()); }
  std::string score_parameters() const {
    return std::string(detail::make_frame(crm_score_parameters, get()).text(0, 0));
  }
  struct examined {
    frame fields, summary;
  };
  examined score_health(progress told = nullptr) const {
    detail::host host{std::move(told), nullptr};
    crm_frame *fields = nullptr, *summary = nullptr;
    host.rethrowing([&] {
      detail::call(crm_score_health, get(), host.function(), static_cast<void *>(&host), &fields,
                   &summary);
    });
    return {frame(fields), frame(summary)};
  }
  frame rebuild_scores(progress told = nullptr) const {
    return detail::told<frame, crm_frame>(std::move(told), crm_score_rebuild, get());
  }
  frame recompute_scores(progress told = nullptr) const {
    return detail::told<frame, crm_frame>(std::move(told), crm_score_recompute, get());
  }
  // What would have been said of closed deals; how good that was; the model's bins.
  struct backtested {
    frame rows, summary, reliability;
  };
  backtested backtest(std::string_view at = {}, const crm_score_options *options = nullptr,
                      progress told = nullptr) const {
    detail::host host{std::move(told), nullptr};
    crm_frame *rows = nullptr, *summary = nullptr, *reliability = nullptr;
    host.rethrowing([&] {
      detail::call(crm_score_backtest, get(), options, view(at), host.function(),
                   static_cast<void *>(&host), &rows, &summary, &reliability);
    });
    return {frame(rows), frame(summary), frame(reliability)};
  }
  // What is said of pending deals, without storing it; `as_of` in microseconds since 1970, or none for now.
  frame predict(std::string_view filter = {}, const std::int64_t *as_of = nullptr,
                progress told = nullptr) const {
    detail::host host{std::move(told), nullptr};
    crm_frame *raw = nullptr;
    host.rethrowing([&] {
      detail::call(crm_score_predict, get(), view(filter), as_of, host.function(),
                   static_cast<void *>(&host), &raw);
    });
    return frame(raw);
  }
  frame nearest(std::int64_t lead_id) const {
    return detail::make_frame(crm_score_nearest, get(), lead_id);
  }
  frame explain(std::int64_t lead_id) const {
    return detail::make_frame(crm_score_explain, get(), lead_id);
  }
  // One row: the three numbers of a lead's chance, and the policy that chooses among them.
  frame explanation(std::int64_t lead_id) const {
    return detail::make_frame(crm_score_explanation, get(), lead_id);
  }
  // Leads (or partners, `CRM_KIND_PARTNER`) like one, or like one that may be created with these values: a row per record and reason.
  frame duplicates(std::int64_t id, std::int32_t kind = CRM_KIND_LEAD, std::uint64_t flags = 0) const {
    return detail::make_frame(crm_duplicates_find, get(), kind, id, static_cast<const crm_fields *>(nullptr), flags);
  }
  frame duplicates(const fields &candidate, std::int32_t kind = CRM_KIND_LEAD, std::uint64_t flags = 0) const {
    return detail::make_frame(crm_duplicates_find, get(), kind, std::int64_t{0}, candidate.get(), flags);
  }
  // All that reasons of strength `least` tie together, in groups that share no record.
  frame scan_duplicates(std::int32_t kind = CRM_KIND_LEAD, std::int64_t least = 0, std::uint64_t flags = 0,
                        progress told = nullptr) const {
    return detail::told<frame, crm_frame>(std::move(told), crm_duplicates_scan, get(), kind, least, flags);
  }
  // Reads CSV; the report is one row of counts, `problems` says why rows were refused.
  struct imported {
    frame report, problems;
  };
  imported import_csv(crm_import_options options, progress told = nullptr) const {
    detail::host host{std::move(told), nullptr};
    if (host.told) {
      options.progress = &detail::host::tell;
      options.user_data = &host;
    }
    crm_frame *report = nullptr, *problems = nullptr;
    host.rethrowing([&] {
      detail::call(crm_csv_import, get(), static_cast<const crm_import_options *>(&options), &report,
                   &problems);
    });
    return {frame(report), frame(problems)};
  }
  // Writes CSV into a file; how many records. `flags` such as CRM_EXPORT_SAFE_FOR_SPREADSHEETS.
  std::int64_t export_csv(std::int32_t kind, std::string_view target, std::string_view filter = {},
                          std::string_view columns = {}, std::uint64_t flags = 0) const {
    std::int64_t out = 0;
    detail::call(crm_csv_export, get(), kind, view(target), view(filter), view(columns), flags, &out);
    return out;
  }

  // What stands in each stage now.
  frame board(std::string_view filter = {}) const {
    return detail::make_frame(crm_forecast_board, get(), view(filter));
  }
  // The weighted forecast; `by` such as "month, team_id".
  frame forecast(std::string_view by = {}, std::string_view filter = {},
                 std::string_view zone = {}) const {
    return detail::make_frame(crm_forecast_weighted, get(), view(by), view(filter), view(zone));
  }
  // Both as of an instant in microseconds since 1970; `axis` as in a query.
  frame board_as_of(std::int64_t as_of, std::string_view filter = {}, std::string_view axis = {}) const {
    return detail::make_frame(crm_forecast_board_as_of, get(), view(filter), as_of, view(axis));
  }
  frame forecast_as_of(std::int64_t as_of, std::string_view by = {}, std::string_view filter = {},
                       std::string_view zone = {}, std::string_view axis = {}) const {
    return detail::make_frame(crm_forecast_weighted_as_of, get(), view(by), view(filter), view(zone),
                              as_of, view(axis));
  }

  crm_session *get() const noexcept { return handle_.get(); }

private:
  detail::owned<crm_session, crm_session_close> handle_;
};

// Verbs that happen together or not at all: undone unless commit() is reached.
class transaction {
public:
  explicit transaction(const session &of) : session_(of.get()) { detail::call(crm_begin, session_); }
  transaction(const transaction &) = delete;
  transaction &operator=(const transaction &) = delete;
  ~transaction() {
    if (session_ != nullptr) {
      crm_rollback(session_, nullptr);
    }
  }
  void commit() {
    detail::call(crm_commit, session_);
    session_ = nullptr;
  }

private:
  crm_session *session_;
};

// An open database. Its sessions keep it open.
class database {
public:
  // A path or ":memory:"; `currency` is that of company 1 in a new file.
  explicit database(std::string_view target, std::string_view currency = {}) {
    crm_open_options options;
    crm_open_options_init(&options, sizeof options);
    options.currency = view(currency);
    open(target, options);
  }
  database(std::string_view target, const crm_open_options &options) { open(target, options); }

  // As the user with that login; none: the administrator.
  crm::session session(std::string_view user_login = {}, std::optional<instant> now = {}) const {
    const std::int64_t *micros = now ? &now->micros : nullptr;
    return detail::make<crm::session, crm_session>(crm_session_open, get(), view(user_login), micros);
  }
  // As the user with that id.
  crm::session session_of(std::int64_t user_id, std::optional<instant> now = {}) const {
    const std::int64_t *micros = now ? &now->micros : nullptr;
    return detail::make<crm::session, crm_session>(crm_session_open_id, get(), user_id, micros);
  }
  // What is wrong, in words; nothing: it is sound.
  std::vector<std::string> verify() const { return words(detail::make_frame(crm_verify, get())); }
  // Counts anew what is kept beside the leads; says what was wrong with it.
  std::vector<std::string> repair() const { return words(detail::make_frame(crm_repair, get())); }
  frame feed(std::int64_t after, std::int64_t limit) const {
    return detail::make_frame(crm_feed, get(), after, limit);
  }
  // Copies the database while it is in use.
  void backup(std::string_view target, progress told = nullptr) const {
    detail::host host{std::move(told), nullptr};
    host.rethrowing([&] {
      detail::call(crm_backup, get(), view(target), host.function(), static_cast<void *>(&host));
    });
  }
  void interrupt() const { detail::call(crm_interrupt, get()); }
  // Closes it for everyone, now.
  void close() const { detail::call(crm_close, get()); }

  crm_db *get() const noexcept { return handle_.get(); }

private:
  static std::vector<std::string> words(const frame &problems) {
    std::vector<std::string> words;
    for (std::size_t row = 0; row < problems.rows(); ++row) {
      words.emplace_back(problems.text(row, 0));
    }
    return words;
  }
  void open(std::string_view target, const crm_open_options &options) {
    if (crm_abi_version() != CRM_ABI_VERSION) {
      throw std::runtime_error("crm: the library has another ABI than this program's header");
    }
    crm_db *raw = nullptr;
    detail::call(crm_open, view(target), &options, &raw);
    handle_.reset(raw);
  }

  detail::owned<crm_db, crm_db_release> handle_;
};

// Moves a whole database to another place, which must hold none: a row per table, `table`, `rows`, `digest`.
inline frame copy(std::string_view from, std::string_view to, progress told = nullptr) {
  detail::host host{std::move(told), nullptr};
  crm_frame *report = nullptr;
  host.rethrowing([&] {
    detail::call(crm_copy, view(from), view(to), host.function(), static_cast<void *>(&host), &report);
  });
  return frame{report};
}

} // namespace crm

#endif // CRM_HPP
