"""The lists of the organisation, opened from Settings: ways of selling, stages, days, rates, people."""

from __future__ import annotations

from sfa.errors import msg
from sfa.screens.acting.price_books import PriceBookActions
from sfa.screens.filtering import QuickFilter
from sfa.screens.keys import bind
from sfa.screens.records import RecordsScreen


class OrganisationList(RecordsScreen):
    """A list above Settings; Esc goes back to it."""

    BINDINGS = [bind("escape", "widen", "organisation.back", msg("Back"), msg("End finding, then go back"))]

    def again(self) -> OrganisationList:
        """Return the same list anew."""
        return type(self)()

    async def action_widen(self) -> None:
        """Forget what is sought and the filter; then go back."""
        if self.records.query_shown.text or self.chosen_filter.where:
            await super().action_widen()
        else:
            self.dismiss()


class PipelineList(OrganisationList):
    """The pipelines."""

    PLACE, NOUN = "pipelines", "pipeline"
    EMPTY = msg("No pipelines yet. n adds one.")


class StageList(OrganisationList):
    """The stages of all pipelines."""

    PLACE, NOUN = "stages", "stage"
    EMPTY = msg("No stages yet. n adds one.")
    TOGETHER = ("probability", "category", "tags")


class CalendarList(OrganisationList):
    """Days that are worked or not, against the week."""

    PLACE, NOUN = "calendar_days", "calendar"
    EMPTY = msg("No holidays yet; Monday to Friday are worked. n adds a day.")


class RateList(OrganisationList):
    """Dated currency rates."""

    PLACE, NOUN = "rates", "rate"
    EMPTY = msg("No rates yet. n adds one; without one, currencies are shown side by side.")


class PriceBookList(PriceBookActions, OrganisationList):
    """Price books."""

    PLACE, NOUN = "pricebooks", "pricebook"
    EMPTY = msg("No price books yet: products have their own price. n adds one.")
    TOGETHER = ("valid_from", "valid_until", "tier")


class TaxList(OrganisationList):
    """Classes of tax."""

    PLACE, NOUN = "taxes", "tax"
    EMPTY = msg("No classes of tax yet: quotes are without tax. n adds one.")


class ChoiceList(OrganisationList):
    """What can be chosen in fields."""

    PLACE, NOUN = "choices", "choice"
    EMPTY = msg("No choices yet. n adds one.")


class FieldList(OrganisationList):
    """Fields that the organisation declared."""

    PLACE, NOUN = "fields", "field"
    EMPTY = msg("No fields of your own yet. n adds one.")


class UserList(OrganisationList):
    """The users."""

    PLACE, NOUN = "users", "user"
    EMPTY = msg("No users yet. n adds one.")
    TOGETHER = ("team", "manager", "active")
    FILTERS = (QuickFilter("active", msg("Active"), "active=yes"),)


class TeamList(OrganisationList):
    """The teams."""

    PLACE, NOUN = "teams", "team"
    EMPTY = msg("No teams yet. n adds one.")


LISTS: dict[str, type[OrganisationList]] = {
    each.NOUN: each
    for each in (
        *(PipelineList, StageList, CalendarList, RateList, PriceBookList, TaxList),
        *(ChoiceList, FieldList, UserList, TeamList),
    )
}
