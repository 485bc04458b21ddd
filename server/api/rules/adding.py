"""Why a person or a pair cannot be added by the API."""

from server.errors import DomainError, ForPrograms, Gone


class AddressKnownOtherwise(ForPrograms, DomainError):
    sentence = (
        "The person with this external id has another address here. The API does not change it: correct it on the "
        "person's page."
    )


class HasExternalId(ForPrograms, DomainError):
    sentence = "The person with this address has another external id."


class PersonErased(ForPrograms, Gone):
    sentence = "The person with this external id was erased. Erase them in your systems, too."


class PersonUnknown(ForPrograms, DomainError):
    def __init__(self, external_id: str) -> None:
        super().__init__(f"Nobody has the external id {external_id}: add the person first.")


class PairKnownOtherwise(ForPrograms, DomainError):
    sentence = "The mentorship with this external id is one of other people."


class ExternalIdTaken(ForPrograms, DomainError):
    sentence = "The mentorship of these two has another external id."
