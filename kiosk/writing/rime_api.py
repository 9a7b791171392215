"""librime by ctypes: the structs of `rime_api.h` (librime 1.8.5, Debian 12) and the few calls that writing needs.

One decision: only this module knows the layout. Every struct but the iterator begins with `data_size`, the size of what
follows it, by which the library tells versions apart (RIME_STRUCT_INIT); the table of functions is read the same way.
"""

import ctypes
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int, c_size_t, c_void_p, sizeof

LIBRARY = "librime.so.1"
_SIZE_FIELD = sizeof(c_int)
_BACKSPACE = 0xFF08  # XK_BackSpace of X11's keysymdef.h, which librime's key codes are

# The members of rime_api_t in their order, after data_size, as far as the last that is called.
_MEMBERS = """
    setup set_notification_handler initialize finalize start_maintenance is_maintenance_mode join_maintenance_thread
    deployer_initialize prebuild deploy deploy_schema deploy_config_file sync_user_data
    create_session find_session destroy_session cleanup_stale_sessions cleanup_all_sessions
    process_key commit_composition clear_composition get_commit free_commit get_context free_context get_status
    free_status set_option get_option set_property get_property get_schema_list free_schema_list get_current_schema
    select_schema schema_open config_open config_close config_get_bool config_get_int config_get_double
    config_get_string config_get_cstring config_update_signature config_begin_map config_next config_end
    simulate_key_sequence register_module find_module run_task get_shared_data_dir get_user_data_dir get_sync_dir
    get_user_id get_user_data_sync_dir config_init config_load_string config_set_bool config_set_int config_set_double
    config_set_string config_get_item config_set_item config_clear config_create_list config_create_map
    config_list_size config_begin_list get_input get_caret_pos select_candidate get_version set_caret_pos
    select_candidate_on_current_page candidate_list_begin candidate_list_next candidate_list_end user_config_open
    candidate_list_from_index
""".split()  # noqa: SIM905 - a header's list is read as words


class _Api(Structure):
    """rime_api_t."""

    _fields_ = (("data_size", c_int), *((name, c_void_p) for name in _MEMBERS))


class _Traits(Structure):
    """rime_traits_t."""

    _fields_ = (
        ("data_size", c_int),
        ("shared_data_dir", c_char_p),
        ("user_data_dir", c_char_p),
        ("distribution_name", c_char_p),
        ("distribution_code_name", c_char_p),
        ("distribution_version", c_char_p),
        ("app_name", c_char_p),
        ("modules", c_void_p),
        ("min_log_level", c_int),
        ("log_dir", c_char_p),
        ("prebuilt_data_dir", c_char_p),
        ("staging_dir", c_char_p),
    )


class _Candidate(Structure):
    """rime_candidate_t."""

    _fields_ = (("text", c_char_p), ("comment", c_char_p), ("reserved", c_void_p))


class _Iterator(Structure):
    """rime_candidate_list_iterator_t."""

    _fields_ = (("ptr", c_void_p), ("index", c_int), ("candidate", _Candidate))


class _Commit(Structure):
    """rime_commit_t."""

    _fields_ = (("data_size", c_int), ("text", c_char_p))


class _Composition(Structure):
    """RimeComposition, the first member of rime_context_t."""

    _fields_ = (
        ("length", c_int),
        ("cursor_pos", c_int),
        ("sel_start", c_int),
        ("sel_end", c_int),
        ("preedit", c_char_p),
    )


class _Menu(Structure):
    """RimeMenu."""

    _fields_ = (
        ("page_size", c_int),
        ("page_no", c_int),
        ("is_last_page", c_int),
        ("highlighted_candidate_index", c_int),
        ("num_candidates", c_int),
        ("candidates", c_void_p),
        ("select_keys", c_char_p),
    )


class _Context(Structure):
    """rime_context_t."""

    _fields_ = (
        ("data_size", c_int),
        ("composition", _Composition),
        ("menu", _Menu),
        ("commit_text_preview", c_char_p),
        ("select_labels", c_void_p),
    )


_PROTOTYPES = {
    "setup": CFUNCTYPE(None, POINTER(_Traits)),
    "initialize": CFUNCTYPE(None, POINTER(_Traits)),
    "create_session": CFUNCTYPE(c_size_t),
    "select_schema": CFUNCTYPE(c_int, c_size_t, c_char_p),
    "process_key": CFUNCTYPE(c_int, c_size_t, c_int, c_int),
    "clear_composition": CFUNCTYPE(None, c_size_t),
    "get_commit": CFUNCTYPE(c_int, c_size_t, POINTER(_Commit)),
    "free_commit": CFUNCTYPE(c_int, POINTER(_Commit)),
    "get_context": CFUNCTYPE(c_int, c_size_t, POINTER(_Context)),
    "free_context": CFUNCTYPE(c_int, POINTER(_Context)),
    "get_input": CFUNCTYPE(c_char_p, c_size_t),
    "select_candidate": CFUNCTYPE(c_int, c_size_t, c_size_t),
    "candidate_list_from_index": CFUNCTYPE(c_int, c_size_t, POINTER(_Iterator), c_int),
    "candidate_list_next": CFUNCTYPE(c_int, POINTER(_Iterator)),
    "candidate_list_end": CFUNCTYPE(None, POINTER(_Iterator)),
}


class RimeMissingError(Exception):
    """The library, or the data of a schema, is not on this machine or cannot be used; the text names it."""


class Rime:
    """The library, set up once a process. It writes nothing: no log, no user folder, no deployment."""

    def __init__(self, shared: str, staging: str) -> None:
        """Load the library; `shared` is Debian's data, `staging` the folder of our compiled schemas.

        Raises:
            RimeMissingError: it is not installed.
        """
        try:
            library = ctypes.CDLL(LIBRARY)
        except OSError as error:
            raise RimeMissingError(f"{LIBRARY} is not installed (Debian: librime1)") from error
        library.rime_get_api.restype = POINTER(_Api)
        table = library.rime_get_api().contents
        self.call = {name: kind(getattr(table, name)) for name, kind in _PROTOTYPES.items()}
        self._traits = traits = _Traits(  # kept: the library does not say for how long it reads the strings
            data_size=sizeof(_Traits) - _SIZE_FIELD, shared_data_dir=shared.encode(), staging_dir=staging.encode(),
            user_data_dir=b"/dev/null",  # below it nothing can be made, whatever a module may want to keep
            distribution_name=b"budayang", distribution_code_name=b"budayang", distribution_version=b"1",
            app_name=b"rime.budayang", min_log_level=3, log_dir=b"", prebuilt_data_dir=f"{shared}/build".encode(),
        )  # fmt: skip
        self.call["setup"](byref(traits))
        self.call["initialize"](byref(traits))


class RimeSession:
    """One composition in one schema."""

    def __init__(self, rime: Rime, schema: str) -> None:
        """Begin; a schema that is not there gives a session without candidates."""
        self._call = rime.call
        self._id = self._call["create_session"]()
        self._call["select_schema"](self._id, schema.encode())

    def key(self, letter: str) -> None:
        """Take one letter; what the schema does not know, it leaves."""
        self._call["process_key"](self._id, ord(letter), 0)

    def erase(self) -> None:
        """Take the last letter back, or the last choice."""
        self._call["process_key"](self._id, _BACKSPACE, 0)

    def choose(self, index: int) -> None:
        """Take the candidate at `index` of the whole list."""
        self._call["select_candidate"](self._id, index)

    def clear(self) -> None:
        """Drop what is being composed."""
        self._call["clear_composition"](self._id)

    def committed(self) -> str:
        """Return the text that was finished since it was asked last, or nothing."""
        commit = _Commit(data_size=sizeof(_Commit) - _SIZE_FIELD)
        if not self._call["get_commit"](self._id, byref(commit)):
            return ""
        text = _text(commit.text)
        self._call["free_commit"](byref(commit))
        return text

    def letters(self) -> str:
        """Return the letters as they were typed."""
        return _text(self._call["get_input"](self._id))

    def composing(self) -> str:
        """Return what is being composed as it is shown: choices made so far, and letters parted into syllables."""
        context = _Context(data_size=sizeof(_Context) - _SIZE_FIELD)
        if not self._call["get_context"](self._id, byref(context)):
            return ""
        text = _text(context.composition.preedit)
        self._call["free_context"](byref(context))
        return text

    def candidates(self, most: int) -> tuple[str, ...]:
        """Return the first `most` candidates, the likeliest first."""
        place, found = _Iterator(), list[str]()
        if not self._call["candidate_list_from_index"](self._id, byref(place), 0):
            return ()
        while len(found) < most and self._call["candidate_list_next"](byref(place)):
            found.append(_text(place.candidate.text))
        self._call["candidate_list_end"](byref(place))
        return tuple(found)


def _text(raw: bytes | None) -> str:
    return "" if raw is None else raw.decode("utf-8", "replace")
