// Objects end themselves, whatever way a block is left; failures are exceptions that say what C would.
#include "crm.hpp"

#include <cstdio>
#include <cstdlib>

#define CHECK(condition)                                                          \
  do {                                                                            \
    if (!(condition)) {                                                           \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      std::exit(1);                                                               \
    }                                                                             \
  } while (false)

static_assert(std::is_nothrow_move_constructible_v<crm::fields>);
static_assert(!std::is_copy_constructible_v<crm::fields>);
static_assert(std::is_copy_constructible_v<crm::record>);
static_assert(sizeof(crm::frame) == sizeof(void *));

namespace {

template <class F> crm::error refused(F function) {
  try {
    function();
  } catch (const crm::error &error) {
    return error;
  }
  std::fputs("nothing was thrown\n", stderr);
  std::exit(1);
}

void values_are_moved_and_ended() {
  crm_fields *raw = nullptr;
  {
    crm::fields first{{"name", "Fleet lease"}, {"priority", 2}, {"team_id", nullptr}};
    first.set("date_deadline", crm::date{2026, 3, 2}).set_property("Seats", 40);
    crm::fields second = std::move(first);
    raw = second.get();
  }
  CHECK(crm_fields_free(raw) == CRM_E_CLOSED);
}

void failures_are_exceptions() {
  crm::fields fields;
  const crm::error error = refused([&] { fields.set("expected_revenue", crm::decimal{"12,50"}); });
  CHECK(error.code() == CRM_E_INVALID && error.kind() == "invalid");
  CHECK(error.field() == "expected_revenue" && !error.retryable());
  CHECK(std::string_view(error.what()).find("12,50") != std::string_view::npos);
}

} // namespace

int main() {
  values_are_moved_and_ended();
  failures_are_exceptions();
  return 0;
}
