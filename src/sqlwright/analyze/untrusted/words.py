"""The words that tell SQL from prose: which join, compare, begin a clause, or reach outside."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.upper().split())


CONNECTORS = _words("and or xor && ||")
COMPARISONS = _words(
    """= <> != < > <= >= <=> == !< !> !~ @> <@ like rlike regexp ilike glob sounds similar in
    between is isnull notnull match overlaps"""
)
#: Operators between two operands that are words, beside those above.
WORD_OPERATORS = _words("div mod collate escape")
#: Words that prose sets between two quoted things as well; an operator of SQL all the same.
PROSE_OPERATORS = _words("and or in is like mod between not match glob escape")
UNARY = _words("not binary distinct all any some exists prior row distinctrow top")
VALUES = _words(
    """null true false default unknown current_date current_time current_timestamp current_user
    session_user system_user localtime localtimestamp utc_date utc_time sysdate rownum user"""
)
#: Words that never are a name where an operand is due, unless a bracket follows.
RESERVED = _words(
    """select from where group having order limit offset union except intersect minus into for
    procedure and or xor like rlike regexp in between is as on join inner outer left right cross
    natural using when then else end by asc desc set values fetch with window"""
)
JOINS = _words("join inner outer left right cross natural full straight_join apply lateral")
SET_OPERATIONS = _words("union except intersect minus")
#: What may follow digits without a gap, as in 1union or 1or.
AFTER_NUMBER = RESERVED | _words("div mod rlike regexp xor limit waitfor exec not procedure")

#: A word that a string directly follows, as in N'x' or DATE '2024-01-01'.
BEFORE_STRING = _words("n e x b u q nq date time timestamp interval binary datetime")

WAITING = _words(
    """sleep benchmark pg_sleep pg_sleep_for pg_sleep_until receive_message randomblob
    zeroblob usleep"""
)
REACHING_OUT = _words(
    """load_file openrowset opendatasource openquery pg_read_file pg_read_binary_file pg_ls_dir
    pg_stat_file lo_import lo_export lo_get lo_from_bytea dblink dblink_connect dblink_exec
    filetoclob filetoblob httpuritype load_extension readfile writefile edit read_csv read_text
    read_blob read_parquet sys_eval sys_exec bfilename xp_cmdshell query_to_xml
    database_to_xml get_host_address get_host_name request_string pg_logdir_ls fts3_tokenizer"""
)
#: Packages and procedures that reach files, the network or the shell when run or called.
OUTER_OBJECTS = _words(
    """utl_http utl_file utl_inaddr utl_tcp utl_smtp dbms_ldap dbms_pipe dbms_lock dbms_scheduler
    dbms_java dbms_xmlgen dbms_xmlquery dbms_advisor dbms_export_extension xp_cmdshell xp_dirtree
    xp_fileexist xp_regread xp_regwrite xp_regdeletekey xp_subdirs xp_servicecontrol
    xp_availablemedia xp_enumdsn xp_loginconfig xp_makecab xp_ntsec_enumdomains xp_terminate_process
    sp_oacreate sp_oamethod sp_executesql sp_makewebtask sp_addextendedproc sp_password sp_addlogin
    sp_addsrvrolemember sp_configure sp_add_job ctxsys"""
)
#: Functions made to fail with the asked value in the error's text.
FAILING = _words(
    """extractvalue updatexml name_const gtid_subset gtid_subtract xmltype st_latfromgeohash
    st_longfromgeohash st_pointfromgeohash json_keys ordsys drithsx uuid_to_bin"""
)
TELLING = _words(
    """version user database schema current_user session_user system_user current_database
    current_schema db_name db_id host_name hostname connection_id sqlite_version user_name
    suser_name suser_sname is_srvrolemember is_member serverproperty pg_backend_pid
    inet_server_addr sys_context last_insert_id row_count found_rows original_login"""
)
#: Functions that take a value apart or spell it, as guessing one letter at a time does.
PROBING = _words(
    """ascii ord substring substr mid left right unicode hex unhex bin conv char chr nchar concat
    concat_ws group_concat string_agg listagg length char_length len instr locate position strcmp
    cast convert ifnull coalesce nullif elt field make_set if iif isnull count md5 sha1 sha2 lower
    upper reverse replace rand floor exp pi power pow sin cos tan tan cot charset compress
    uncompress aes_encrypt aes_decrypt encode decode load_file row_to_json array_agg to_char
    to_number randomblob rtrim ltrim trim repeat space like max min avg sum json_keys"""
)
#: Those of them that no other language names so.
SPELLING = _words(
    """ascii ord substring mid hex unhex nchar concat concat_ws group_concat conv charset compress
    uncompress aes_encrypt aes_decrypt elt make_set ifnull nullif"""
)
CATALOGS = _words(
    "information_schema pg_catalog performance_schema sysibm syscat master msdb mysql"
)
CATALOG_TABLES = _words(
    """sysobjects syscolumns sysdatabases sysusers syslogins sysxlogins sysservers systypes
    pg_user pg_shadow pg_database pg_tables pg_class pg_roles pg_authid pg_stat_activity
    pg_namespace pg_proc pg_attribute sqlite_master sqlite_schema sqlite_temp_master all_tables
    all_users all_tab_columns user_tables user_tab_columns user_objects user_users dba_users
    dba_tables all_objects v$version v$database v$instance v$session msysaccessobjects
    msysobjects msysqueries systables rdb$relations rdb$database rdb$relation_fields rdb$users
    sysibmadm dba_tab_columns user_role_privs session_privs global_name information_schema
    dtproperties"""
)
